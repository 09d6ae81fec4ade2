// SPDX-License-Identifier: Apache-2.0
// A member is unpacked as its headers claim, and where they disagree in each way. When that fails, it is
// tried the other simple way: stored data that are deflated, deflated data that are stored.
#include "engine/expand/zip.h"

#include "engine/expand/archive.h"
#include "engine/expand/decoder.h"
#include "engine/expand/one_shot.h"
#include "engine/expand/zip_survey.h"

#include "mime/range.h"

#include <algorithm>
#include <array>

namespace postern::engine::expand {
namespace {

// APPNOTE.TXT, 4.4.5. AES is no method but a wrapping; the true one is of no use without the password.
enum Method : std::uint16_t {
    stored = 0, deflated = 8, bzip2 = 12, lzma = 14, zstd = 93, xz = 95, ppmd = 98, aes = 99,
};

bool is_known(std::uint16_t method) {
    constexpr std::array known{stored, deflated, bzip2, lzma, zstd, xz, ppmd};
    return std::ranges::find(known, method) != known.end();
}

// How one attempt went.
enum class Outcome : std::uint8_t { whole, wrong_sum, damaged, limited };

struct Unpacked {
    bool ended = false;         // as it should
    std::size_t consumed = 0;   // of the packed data
};

// Octets between the end of a member's stream and the end that its header gives. A reader that goes by the
// stream takes them for the next local header.
constexpr std::size_t most_tails = 16;

class ZipExpansion {
public:
    ZipExpansion(Octets archive, Expansion& expansion) : archive_(archive), expansion_(expansion) {}

    void expand_all() {
        survey(0, archive_.size());
        for (std::size_t i = 0; i < tails_.size() && !expansion_.stopped(); ++i)
            survey(tails_[i].begin, tails_[i].size());
    }

private:
    void survey(std::size_t begin, std::size_t size) {
        const std::uint64_t most = expansion_.budget().limits().entries;
        const ZipSurvey found = survey_zip(cut(archive_, begin, size), static_cast<std::size_t>(most) + 1);
        if (begin == 0) tell(found);
        for (ZipMember member : found.members) {
            if (!expansion_.another(std::string(member.name))) return;
            member.data += begin;
            list(member);
            expand(member);
            if (expansion_.stopped()) return;
        }
        if (found.more) expansion_.limited({}, Limit::entries);
    }

    // Also under its other names, and as encrypted as some header says.
    void list(const ZipMember& member) {
        signatures::MemberFacts facts;
        facts.position = expansion_.next_position();
        if (member.crc_known) facts.crc = member.crc;
        for (const Claim& claim : member.claims) {
            facts.packed_size = claim.packed;
            facts.size = claim.size;
            facts.encrypted = claim.encrypted;
            facts.name = member.name;
            expansion_.listed(facts);
            for (const std::string_view name : member.other_names) {
                facts.name = name;
                expansion_.listed(facts);
            }
        }
    }

    void tell(const ZipSurvey& found) {
        for (const ZipDefect& defect : found.defects)
            expansion_.damaged(std::string(defect.member), std::string(defect.text));
        if (found.directory_encrypted) expansion_.encrypted({}, "encrypted directory");
    }

    // Claims of encryption that another header contradicts are left aside: the plain claim is tried, and only
    // when it fails the member is called encrypted.
    void expand(const ZipMember& member) {
        if (is_folder(member)) return;
        bool any_whole = false, any_known = false, any_plain = false;
        for (const Claim& claim : member.claims) {
            if (claim.encrypted) continue;
            any_plain = true;
            if (!is_known(claim.method)) continue;
            any_known = true;
            any_whole = attempt(member, claim) || any_whole;
            if (expansion_.stopped()) return;
        }
        const bool locked = std::ranges::any_of(member.claims, &Claim::encrypted);
        if (locked && !any_whole) tell_encrypted(member);
        if (any_plain && !any_whole) try_other_ways(member, any_known);
    }

    static bool is_folder(const ZipMember& member) {
        const bool named_so = member.name.ends_with('/') && member.other_names.empty();
        return named_so && std::ranges::all_of(member.claims, [](const Claim& claim) {
                   // An empty deflate stream takes two octets.
                   return claim.size == 0 && claim.packed <= 2;
               });
    }

    void tell_encrypted(const ZipMember& member) {
        const bool by_aes = std::ranges::any_of(member.claims, [](const Claim& c) { return c.method == aes; });
        expansion_.encrypted(std::string(member.name), by_aes ? "AES" : member.strong ? "strong" : "ZipCrypto");
    }

    Octets data_of(const ZipMember& member, const Claim& claim) const {
        // Of deflated data the stream knows its end; a claim that is too short hides nothing then.
        return cut(archive_, member.data, claim.packed);
    }

    // True when the sizes and the sum are what the header says.
    bool attempt(const ZipMember& member, const Claim& claim) {
        Production out(expansion_.budget());
        const Octets data = data_of(member, claim);
        const Unpacked unpacked = unpack(member, claim, data, out);
        Outcome outcome = out.refused() ? Outcome::limited : unpacked.ended ? Outcome::whole : Outcome::damaged;
        if (outcome == Outcome::whole) note_tail(member, unpacked.consumed, data.size());
        if (outcome == Outcome::whole && member.packed_known && out.bytes().size() != claim.size)
            outcome = Outcome::damaged;
        if (outcome == Outcome::whole && member.crc_known && crc32_of(out.bytes()) != member.crc)
            outcome = Outcome::wrong_sum;
        if (outcome == Outcome::damaged) tell_damaged(member, claim, data.size());
        if (outcome == Outcome::wrong_sum)
            expansion_.damaged(std::string(member.name), "its checksum is wrong");
        // What was unpacked wrongly from two or more claims is told above and scanned all the same.
        deliver(member, out, outcome);
        return outcome == Outcome::whole || outcome == Outcome::limited;
    }

    // Cut data are the archive's damage, wrong data may be anybody's: the sentence says which.
    void tell_damaged(const ZipMember& member, const Claim& claim, std::size_t present) {
        expansion_.damaged(std::string(member.name), present < claim.packed && member.packed_known
                                                         ? "its data are cut short"
                                                         : "its data are not what its header says");
    }

    void deliver(const ZipMember& member, Production& out, Outcome outcome) {
        Member result;
        result.name = std::string(member.name);
        for (const std::string_view name : member.other_names) result.other_names.emplace_back(name);
        result.complete = outcome == Outcome::whole || outcome == Outcome::wrong_sum;
        expansion_.deliver(std::move(result), out);
    }

    void note_tail(const ZipMember& member, std::size_t consumed, std::size_t present) {
        if (!member.packed_known || consumed >= present) return;
        expansion_.damaged(std::string(member.name), "octets behind the end of its data");
        if (tails_.size() < most_tails) tails_.push_back({member.data + consumed, member.data + present});
    }

    Unpacked unpack(const ZipMember& member, const Claim& claim, Octets data, Production& out) {
        const auto all = [&](bool ended) { return Unpacked{ended, data.size()}; };
        switch (claim.method) {
            case stored: return all(out.append(unsized(member, data)));
            case deflated:
                if (member.packed_known && one_shot_.inflate(data, claim.size, out)) return all(true);
                return turn(*make_inflater(Framing::raw), data, out);
            case bzip2: return turn(*make_bunzip2(), data, out);
            case xz: return turn(*make_unlzma(out.limits()), data, out);
            case lzma: return all(unpack_lzma(claim, data, out));
            case zstd: return all(unfilter(data, out).empty());
            default: return all(unzip_rare({data, claim.method, claim.size, member.crc}, out).empty());
        }
    }

    // By pieces, for what has no one-shot way or failed in it.
    static Unpacked turn(Decoder& decoder, Octets data, Production& out) {
        const Run result = run(decoder, data, out);
        return {result.state == Decoder::State::end, result.consumed};
    }

    // Stored data of unknown length end where the next record begins.
    static Octets unsized(const ZipMember& member, Octets data) {
        if (member.packed_known) return data;
        const std::string_view text = text_of(data);
        std::size_t end = text.size();
        for (const std::string_view record : {"PK\7\x08", "PK\3\4", "PK\1\2"})
            end = std::min(end, text.substr(0, end).find(record));
        return data.first(std::min(end, data.size()));
    }

    // Zip puts a version before the LZMA properties and leaves out the size of the .lzma format.
    static bool unpack_lzma(const Claim& claim, Octets data, Production& out) {
        constexpr std::size_t header = 9, properties = 5;
        if (data.size() < header || le16(data, 2) != properties) return false;
        std::array<std::byte, 13> lone{};
        std::copy_n(data.begin() + 4, properties, lone.begin());
        std::fill(lone.begin() + properties, lone.end(), std::byte{0xff});  // size unknown: an end mark
        const auto decoder = make_unlzma(out.limits());
        run(*decoder, lone, out);
        if (out.refused()) return false;
        const Run result = run(*decoder, data.subspan(header), out);
        // Without an end mark the stream just stops, at the size the header gives.
        return result.state == Decoder::State::end ||
               (result.state == Decoder::State::more && out.bytes().size() == claim.size);
    }

    // Nothing worked, or no method was known.
    void try_other_ways(const ZipMember& member, bool any_known) {
        const Claim& claim = member.claims.front();
        const Octets data = data_of(member, claim);
        const bool deflates = claim.method != deflated && try_inflate(member, data);
        const bool plain = claim.method != stored && try_stored(member, claim, data, any_known);
        if (!any_known && !deflates && !plain)
            expansion_.unsupported(std::string(member.name),
                                   "packed by method " + std::to_string(claim.method));
    }

    // Only a stream that ends as it should counts: any octets inflate to something.
    bool try_inflate(const ZipMember& member, Octets data) {
        Production out(expansion_.budget());
        const bool ended = turn(*make_inflater(Framing::raw), data, out).ended;
        if (!ended || out.bytes().empty()) {
            out.forget();
            return false;
        }
        deliver(member, out, Outcome::whole);
        return true;
    }

    // Data that could not be unpacked are scanned as they lie: somebody may have stored them.
    bool try_stored(const ZipMember& member, const Claim& claim, Octets data, bool any_known) {
        if (data.empty() || !member.packed_known) return false;
        const bool right = claim.packed == claim.size || crc32_of(data) == member.crc;
        if (!any_known && !right) return false;
        Production out(expansion_.budget());
        out.append(data);
        deliver(member, out, Outcome::whole);
        return right;
    }

    Octets archive_;
    Expansion& expansion_;
    OneShot one_shot_;
    std::vector<mime::ByteRange> tails_;
};

}  // namespace

void expand_zip(Octets archive, Expansion& expansion) {
    ZipExpansion(archive, expansion).expand_all();
}

}  // namespace postern::engine::expand
