// SPDX-License-Identifier: Apache-2.0
// Most programs have a handful of sections, of which the sizes alone say that no signature is for
// them.
#include "signatures/program_digests.h"

#include "signatures/executable/pe_imports.h"
#include "signatures/lookup.h"

#include <set>

namespace postern::signatures {

namespace {

class ProgramDigests {
public:
    ProgramDigests(const SignatureSet::Tables& tables, std::span<const std::byte> content,
                   Hasher& hasher)
        : tables_(tables),
          content_(content),
          view_(content, executable::Order::little),
          hasher_(hasher) {}

    std::vector<Match> match() {
        const auto pe = executable::read_pe(view_);
        if (!pe) return {};
        if (tables_.sections.size() != 0) match_sections(*pe);
        // As in ClamAV, files of PE32+ have no digest of imports.
        if (tables_.imports.size() != 0 && !pe->wide) match_imports(*pe);
        return std::move(matches_);
    }

private:
    void match_sections(const executable::PeHeaders& pe) {
        std::uint64_t left = most_section_octets * content_.size();
        std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
        for (const executable::PeSection& section : pe.sections) {
            const DigestKinds kinds = tables_.sections.wanted(section.size);
            if (section.size == 0 || kinds.empty()) continue;
            if (!seen.emplace(section.begin, section.size).second) continue;
            if (section.size > left) return;
            left -= section.size;
            const auto octets = content_.subspan(section.begin, section.size);
            const Digests digests = hasher_.digest(octets, kinds);
            for (const std::uint32_t name : names_of(tables_.sections, digests, section.size)) {
                matches_.push_back({tables_.names.at(name), section.begin, section.size});
            }
        }
    }

    // The size that such a signature states is that of the text.
    void match_imports(const executable::PeHeaders& pe) {
        const auto text = executable::import_text(pe, view_);
        if (!text) return;
        const DigestKinds kinds = tables_.imports.wanted(text->size());
        if (kinds.empty()) return;
        const Digests digests = hasher_.digest(std::as_bytes(std::span(*text)), kinds);
        for (const std::uint32_t name : names_of(tables_.imports, digests, text->size())) {
            matches_.push_back({tables_.names.at(name), 0, content_.size()});
        }
    }

    const SignatureSet::Tables& tables_;
    std::span<const std::byte> content_;
    executable::View view_;
    Hasher& hasher_;
    std::vector<Match> matches_;
};

}  // namespace

std::vector<Match> match_program_digests(const SignatureSet::Tables& tables,
                                         std::span<const std::byte> content, Hasher& hasher) {
    if (tables.sections.size() == 0 && tables.imports.size() == 0) return {};
    return ProgramDigests(tables, content, hasher).match();
}

}  // namespace postern::signatures
