// SPDX-License-Identifier: Apache-2.0
// MemberTable: all signatures about members of containers, and what a member matches.
//
// Names are hostile, and there may be thousands of them in one archive. So all name patterns of a
// set are one automaton (Hyperscan), which reads a name once, in time linear in its length and
// whatever the patterns; no pattern can be made to backtrack.
//
// Invariants
//  (1) Rows are in the order of their source lines; a pattern stands once, however many rows use it.
#pragma once

#include "signatures/array.h"
#include "signatures/digest_table.h"
#include "signatures/hyperscan.h"
#include "signatures/member.h"
#include "signatures/member_signature.h"

#include <algorithm>
#include <string>
#include <vector>

namespace postern::signatures {

inline constexpr std::uint32_t any_name = 0xffffffffu;
inline constexpr std::uint64_t most_pattern_databases = 256;

struct MemberRow {
    std::uint32_t name = 0;            // in the arena
    std::uint32_t pattern = any_name;  // number of a pattern
    MemberNumbers numbers;
};

struct MemberTable {
    Array<MemberRow> rows;
    std::vector<LiteralDatabase> patterns;  // nearly always one
    std::uint64_t pattern_count = 0;

    template <typename Visitor>
    void visit(Visitor& visitor, const char* name) {
        const auto in = visitor.within(name);
        std::uint64_t databases = patterns.size();
        visitor.array("rows", rows);
        visitor.value("pattern-count", pattern_count);
        visitor.value("databases", databases);
        patterns.resize(std::min(databases, most_pattern_databases));
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            visitor.database("patterns-" + std::to_string(i), patterns[i]);
        }
    }
};

// REQUIRES: `signatures` are in their final order; their patterns compile one by one.
MemberTable make_member_table(const std::vector<MemberSignature>& signatures, NameArena& names);

// The rows that a member matches, ascending. `scratch` is good for the patterns.
std::vector<std::uint32_t> matching_rows(const MemberTable& table, const MemberFacts& facts,
                                         const Scratch& scratch);

}  // namespace postern::signatures
