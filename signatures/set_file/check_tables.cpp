// SPDX-License-Identifier: Apache-2.0
#include "signatures/set_file/check_tables.h"

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

bool is_consistent(const LogicTables& t, const SignatureSet::Tables& set) {
    const bool rows = all(t.rows, [&](const LogicRow& row) {
        const DescriptionRow& wanted = row.description;
        return set.names.has(row.name) && within(row.first_node, row.node_count, t.nodes.size()) &&
               within(row.first_subsignature, row.subsignature_count, t.subsignatures.size()) &&
               within(wanted.intermediates, wanted.intermediate_count, t.types.size());
    });
    const bool subsignatures = all(t.subsignatures, [&](const SubsignatureRow& row) {
        return row.pattern < t.patterns.size() &&
               within(row.trigger, row.trigger_length, t.nodes.size());
    });
    const bool patterns = all(t.patterns, [&](const PatternRow& row) {
        switch (row.kind) {
            case PatternKind::body: return within(row.first, row.bodies, t.bodies.size());
            case PatternKind::regex: return row.first < t.regexes.size();
            case PatternKind::compare: return row.first < t.compares.size();
        }
        return false;
    });
    const bool bodies = all(t.bodies, [&](const BodyRow& row) {
        return within(row.first_part, row.part_count, set.programs.parts.size());
    });
    const bool regexes = all(t.regexes, [&](const RegexRow& row) {
        return within(row.text, row.length, t.texts.size());
    });
    const bool compares = all(
        t.compares, [&](const CompareRow& row) { return row.beside < t.patterns.size(); });
    return rows && subsignatures && patterns && bodies && regexes && compares;
}

}  // namespace

bool are_consistent(const SignatureSet::Tables& t) {
    const std::size_t signatures = t.signatures.size();
    const bool bodies = all(t.signatures, [&](const SignatureRow& row) {
        return t.names.has(row.name) && (!row.is_leg() || row.logic < t.logic.rows.size()) &&
               within(row.body.first_part, row.body.part_count, t.programs.parts.size());
    });
    const bool parts = all(t.programs.parts, [&](const PartRow& row) {
        return within(row.code, 1, t.programs.code.size()) &&
               within(row.key_code, row.key_length, t.programs.code.size());
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
        return numbers(target.placed) && numbers(target.slow) && target.has_own[0] &&
               all(target.slow_logic, [&](std::uint32_t n) { return n < t.logic.rows.size(); });
    });
    const bool members = all(t.members.rows, [&](const MemberRow& row) {
        return t.names.has(row.name) &&
               (row.pattern == any_name || row.pattern < t.members.pattern_count);
    });
    return members && bodies && parts && watches && buckets && lanes && is_consistent(t.logic, t);
}

}  // namespace postern::signatures::set_file
