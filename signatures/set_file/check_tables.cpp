// SPDX-License-Identifier: Apache-2.0
#include "signatures/set_file/check_tables.h"

#include "signatures/set_file/check_logic.h"

#include <algorithm>

namespace postern::signatures::set_file {

namespace {

bool within(std::uint64_t first, std::uint64_t count, std::uint64_t size) {
    return first <= size && count <= size - first;
}

template <typename Rows, typename Holds>
bool all(const Rows& rows, Holds holds) {
    return std::all_of(rows.begin(), rows.end(), holds);
}

}  // namespace

bool are_consistent(const SignatureSet::Tables& t) {
    const std::size_t signatures = t.signatures.size();
    const bool bodies = all(t.signatures, [&](const SignatureRow& row) {
        return t.names.has(row.name) && (!row.is_leg() || row.logic < t.logic.rows.size()) &&
               within(row.body.first_part, row.body.part_count, t.programs.parts.size());
    });
    const bool parts = all(t.programs.parts, [&](const PartRow& row) {
        const bool probed = all(row.probes, [&](const Probe& probe) {
            return probe.mask == 0 || probe.offset < row.min_length;
        });
        return probed && within(row.code, 1, t.programs.code.size());
    });
    const bool watches = all(t.watches, [&](const Watch& row) {
        return row.signature < signatures && row.part < t.programs.parts.size();
    });
    const bool buckets = all(t.buckets, [&](const Bucket& row) {
        const std::uint64_t count = std::uint64_t{row.after} + row.before + row.plain;
        return within(row.first, count, t.watches.size());
    });
    const auto numbers = [&](const Array<std::uint32_t>& rows) {
        return all(rows, [&](std::uint32_t number) { return number < signatures; });
    };
    const bool lanes = all(t.targets, [&](const TargetTables& target) {
        const bool logical = all(target.slow_logic, [&](std::uint32_t number) {
            return number < t.logic.rows.size();
        });
        return numbers(target.placed) && numbers(target.slow) && logical && target.has_own[0];
    });
    const bool members = all(t.members.rows, [&](const MemberRow& row) {
        return t.names.has(row.name) &&
               (row.pattern == any_name || row.pattern < t.members.pattern_count);
    });
    return members && bodies && parts && watches && buckets && lanes && is_logic_consistent(t);
}

}  // namespace postern::signatures::set_file
