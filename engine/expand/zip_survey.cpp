// SPDX-License-Identifier: Apache-2.0
// The archive is covered, range by range, with what honest readers agree on. What is left over is where
// something can hide, and only that is searched.
#include "engine/expand/zip_survey.h"

#include "mime/range.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace postern::engine::expand {
namespace {

constexpr std::size_t smallest_header = 30;
constexpr std::size_t none = std::string_view::npos;

// How the data are packed, in the words of one header.
Claim claim_of(const MemberFields& fields) {
    return {fields.method, fields.packed, fields.size, fields.encrypted()};
}

// A local header that leaves its sizes to the descriptor may say one of them, both or none.
bool says_packed(const LocalHeader& local) { return !local.sizes_follow() || local.packed != 0; }
bool says_size(const LocalHeader& local) { return !local.sizes_follow() || local.size != 0; }

// Some writers use '\' and another character set in one of the two headers. Only what is left then is
// a difference that matters.
bool same_name(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const auto plain = [](std::string_view name) {
        std::string text;
        for (const char c : name)
            if (static_cast<unsigned char>(c) < 0x80) text += c == '\\' ? '/' : c;
        return text;
    };
    const auto foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    const bool charset = std::ranges::any_of(a, foreign) || std::ranges::any_of(b, foreign);
    return plain(a) == plain(b) && (charset || a.find('\\') != none || b.find('\\') != none);
}

class Surveyor {
public:
    Surveyor(Octets archive, std::size_t most) : archive_(archive), most_(most) {}

    ZipSurvey survey() {
        const auto end = last_end_record(archive_);
        if (end) {
            read_directories(*end);
        } else {
            defect({}, "it has no end record");
        }
        const std::vector<mime::ByteRange> unclaimed = gaps();
        if (!unclaimed.empty()) {
            bool further = false;
            for (const mime::ByteRange gap : unclaimed) further = search_for_ends(gap, end) || further;
            if (further) defect({}, "it holds more than one archive");
            for (const mime::ByteRange gap : gaps()) search_for_members(gap);
        }
        return std::move(found_);
    }

private:
    bool full() {
        found_.more = found_.more || found_.members.size() >= most_ || entries_read_.size() >= most_;
        return found_.more;
    }
    void defect(std::string_view member, std::string_view text) { found_.defects.push_back({member, text}); }
    void cover(std::size_t begin, std::uint64_t end) {
        covered_.push_back({begin, static_cast<std::size_t>(std::min<std::uint64_t>(end, archive_.size()))});
    }

    // Readers go to where the record says, or to what stands before it; usually it is the same place.
    void read_directories(EndRecord end) {
        read_directory(end);
        if (!end.second_directory) return;
        defect({}, "it has two directories");
        end.directory = *end.second_directory;
        end.prefix = 0;
        read_directory(end);
    }

    void read_directory(const EndRecord& end) {
        std::size_t at = end.directory;
        std::uint64_t entries = 0;
        // What was read for another end record is known already.
        while (!full() && !entries_read_.contains(at)) {
            const auto entry = central_entry_at(archive_, at);
            if (!entry) break;
            entries_read_.insert(at);
            ++entries;
            add(*entry, end);
            at = entry->next;
        }
        const std::uint64_t stored = end.zip64 ? end.entries : end.entries & 0xffff;
        if (!full() && (end.zip64 ? entries : entries & 0xffff) != stored)
            defect({}, "its directory has another number of members than it says");
        cover(end.directory, at);
        cover(end.at, end.at + 22);  // not its comment, which can hide an archive
    }

    // Stored offsets count from the archive's start, or from the file's: both occur with a prefix.
    std::optional<LocalHeader> local_header_of(const CentralEntry& entry, const EndRecord& end) const {
        if (entry.local_header > archive_.size()) return std::nullopt;
        const auto shifted = std::min<std::uint64_t>(entry.local_header + end.prefix, archive_.size());
        if (auto local = local_header_at(archive_, static_cast<std::size_t>(shifted))) return local;
        return local_header_at(archive_, static_cast<std::size_t>(entry.local_header));
    }

    void add(const CentralEntry& entry, const EndRecord& end) {
        if ((entry.flags & 0x2000) != 0) found_.directory_encrypted = true;
        const auto local = local_header_of(entry, end);
        if (!local) return defect(entry.name, "the directory names it, and it is not there");
        ZipMember& member = member_at(local->data, entry.name);
        member.crc = entry.crc;
        member.crc_known = true;
        member.strong = member.strong || entry.strongly_encrypted() || local->strongly_encrypted();
        note_names(member, entry);
        note_claim(member, claim_of(entry));
        if (agree(member, entry, *local)) {
            // Not its descriptor: that is too short to hold a header, and one may follow in its place.
            cover(local->at, local->data + std::min<std::uint64_t>(entry.packed, archive_.size()));
        } else {
            cover(local->at, local->data);  // what lies in its data is looked at by itself
        }
    }

    // Compares the two headers of a member; what they disagree on becomes further claims and defects.
    bool agree(ZipMember& member, const CentralEntry& entry, const LocalHeader& local) {
        note_names(member, local);
        if (!same_name(entry.name, local.name)) defect(entry.name, "its headers give it different names");
        Claim claim = claim_of(entry);
        claim.method = local.method;
        claim.encrypted = local.encrypted();
        if (says_packed(local)) claim.packed = local.packed;
        if (says_size(local)) claim.size = local.size;
        if (claim == claim_of(entry))
            return says_packed(local) || entry.method != 0 || has_descriptor(entry, local);
        note_claim(member, claim);
        defect(entry.name, "its headers disagree on how it is packed");
        return false;
    }

    // The descriptor behind the data: its signature is optional, its sizes are 32 or 64 bits.
    bool has_descriptor(const CentralEntry& entry, const LocalHeader& local) const {
        const auto at = static_cast<std::size_t>(
            std::min<std::uint64_t>(local.data + entry.packed, archive_.size()));
        const std::size_t body = has_at(archive_, at, "PK\7\x08") ? at + 4 : at;
        return le32(archive_, body) == entry.crc && le32(archive_, body + 4) == (entry.packed & 0xffffffff);
    }

    // Two entries that lead to the same data are one member under two names.
    ZipMember& member_at(std::size_t data, std::string_view name) {
        const auto [at, is_new] = by_data_.try_emplace(data, found_.members.size());
        if (is_new) {
            found_.members.emplace_back();
            found_.members.back().data = data;
            found_.members.back().name = name;
        }
        return found_.members[at->second];
    }

    // Every name that a reader could show, and no more of them than a policy could ever need.
    static void note_names(ZipMember& member, const MemberFields& fields) {
        for (const std::string_view name : {fields.name, fields.unicode_name}) {
            const bool known = name == member.name || member.other_names.size() >= 8 ||
                               std::ranges::find(member.other_names, name) != member.other_names.end();
            if (!known && !name.empty()) member.other_names.push_back(name);
        }
    }

    static void note_claim(ZipMember& member, const Claim& claim) {
        constexpr std::size_t enough = 4;  // hostile directories name one member thousands of times
        if (member.claims.size() < enough && std::ranges::find(member.claims, claim) == member.claims.end())
            member.claims.push_back(claim);
    }

    // What no honest member, directory or end record covers, and could hold a header.
    std::vector<mime::ByteRange> gaps() {
        std::ranges::sort(covered_, {}, &mime::ByteRange::begin);
        std::vector<mime::ByteRange> gaps;
        std::size_t at = 0;
        for (const mime::ByteRange& range : covered_) {
            if (range.begin >= at + smallest_header) gaps.push_back({at, range.begin});
            at = std::max(at, range.end);
        }
        if (archive_.size() >= at + smallest_header) gaps.push_back({at, archive_.size()});
        return gaps;
    }

    std::size_t find(std::string_view signature, std::size_t from, std::size_t end) const {
        return text_of(archive_, 0, end).find(signature, from);
    }

    // Further archives in the same file: each with a directory of its own. True when there was one.
    bool search_for_ends(mime::ByteRange gap, const std::optional<EndRecord>& last) {
        bool further = false;
        for (std::size_t at = find("PK\5\6", gap.begin, gap.end); at != none && !full();
             at = find("PK\5\6", at + 4, gap.end)) {
            const auto end = end_record_at(archive_, at);
            if (!end || (last && end->at == last->at) || entries_read_.contains(end->directory)) continue;
            if (!central_entry_at(archive_, end->directory)) continue;  // an empty archive
            further = true;
            read_directories(*end);
        }
        return further;
    }

    // As readers do that go from one local header to the next, and those that look for signatures.
    void search_for_members(mime::ByteRange gap) {
        for (std::size_t at = find("PK\3\4", gap.begin, gap.end); at != none && !full();) {
            const auto local = local_header_at(archive_, at);
            std::size_t from = at + 4;
            if (local && !by_data_.contains(local->data)) {
                add_hidden(*local);
                const bool skip = says_packed(*local) && local->packed <= archive_.size() - local->data;
                if (skip) from = local->data + static_cast<std::size_t>(local->packed);
            }
            at = from < gap.end ? find("PK\3\4", from, gap.end) : none;
        }
    }

    // A member that only its local header tells of. Without any directory that is no disagreement.
    void add_hidden(const LocalHeader& local) {
        ZipMember& member = member_at(local.data, local.name);
        member.strong = local.strongly_encrypted();
        member.crc = local.crc;
        member.crc_known = !local.sizes_follow();
        member.packed_known = says_packed(local);
        note_names(member, local);
        Claim claim = claim_of(local);
        if (!member.packed_known) claim.packed = archive_.size() - local.data;
        note_claim(member, claim);
        if (!entries_read_.empty()) defect(local.name, "the directory does not name it");
    }

    Octets archive_;
    std::size_t most_;
    ZipSurvey found_;
    std::unordered_map<std::size_t, std::size_t> by_data_;  // data offset → member
    std::unordered_set<std::size_t> entries_read_;
    std::vector<mime::ByteRange> covered_;
};

}  // namespace

ZipSurvey survey_zip(Octets archive, std::size_t most) { return Surveyor(archive, most).survey(); }

}  // namespace postern::engine::expand
