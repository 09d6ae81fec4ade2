// SPDX-License-Identifier: Apache-2.0
#include "signatures/set_file/check_logic.h"

#include <algorithm>

namespace postern::signatures::set_file {

namespace {

bool within(std::uint64_t first, std::uint64_t count, std::uint64_t size) {
    return first <= size && count <= size - first;
}

class LogicCheck {
public:
    explicit LogicCheck(const SignatureSet::Tables& tables)
        : tables_(tables), logic_(tables.logic) {}

    bool holds() {
        const auto all = [](const auto& rows, auto test) {
            return std::all_of(rows.begin(), rows.end(), test);
        };
        return all(logic_.patterns, [this](const PatternRow& row) { return pattern(row); }) &&
               all(logic_.bodies, [this](const BodyRow& row) { return body(row); }) &&
               all(logic_.regexes, [this](const RegexRow& row) {
                   return within(row.text, row.length, logic_.texts.size()) &&
                          (row.needs == no_pattern || is_body(row.needs));
               }) &&
               all(logic_.compares, [this](const CompareRow& row) { return compare(row); }) &&
               all(logic_.rows, [this](const LogicRow& row) { return signature(row); }) &&
               all(tables_.signatures, [this](const SignatureRow& row) {
                   return !row.is_leg() || row.logic < logic_.rows.size();
               });
    }

private:
    // A body has a part, and a pattern counts two bodies at most.
    bool body(const BodyRow& row) const {
        return row.part_count != 0 &&
               within(row.first_part, row.part_count, tables_.programs.parts.size());
    }

    bool is_body(std::uint32_t pattern) const {
        return pattern < logic_.patterns.size() && logic_.patterns[pattern].kind == PatternKind::body;
    }

    bool pattern(const PatternRow& row) const {
        switch (row.kind) {
            case PatternKind::body:
                return row.bodies != 0 && within(row.first, row.bodies, logic_.bodies.size());
            case PatternKind::regex:
                return row.first < logic_.regexes.size();
            case PatternKind::compare:
                return row.first < logic_.compares.size();
        }
        return false;
    }

    bool compare(const CompareRow& row) const {
        return is_body(row.beside);
    }

    bool signature(const LogicRow& row) {
        const std::uint32_t count = row.subsignature_count;
        const DescriptionRow& description = row.description;
        if (!tables_.names.has(row.name) || count == 0 || count > most_subsignatures ||
            !within(row.first_subsignature, count, logic_.subsignatures.size()) ||
            !within(description.intermediates, description.intermediate_count,
                    logic_.types.size()) ||
            !expression(row.first_node, row.node_count, count)) {
            return false;
        }
        for (std::uint32_t i = 0; i < count; ++i) {
            const SubsignatureRow& sub = logic_.subsignatures[row.first_subsignature + i];
            if (sub.pattern >= logic_.patterns.size()) return false;
            if (sub.trigger_length != 0 && !expression(sub.trigger, sub.trigger_length, i)) {
                return false;
            }
        }
        return true;
    }

    // `count`: subsignatures that it may name.
    bool expression(std::uint64_t first, std::uint64_t length, std::size_t count) {
        if (length == 0 || !within(first, length, logic_.nodes.size())) return false;
        depths_.assign(length, 0);
        for (std::size_t i = 0; i < length; ++i) {
            const LogicNode& node = logic_.nodes[first + i];
            if (node.op == LogicOp::subsignature) {
                if (node.subsignature >= count) return false;
                continue;
            }
            if (node.left >= i || node.right >= i) return false;
            depths_[i] = 1 + std::max(depths_[node.left], depths_[node.right]);
            if (depths_[i] > deepest_expression) return false;
        }
        return true;
    }

    const SignatureSet::Tables& tables_;
    const LogicTables& logic_;
    std::vector<std::size_t> depths_;
};

}  // namespace

bool is_logic_consistent(const SignatureSet::Tables& tables) { return LogicCheck(tables).holds(); }

}  // namespace postern::signatures::set_file
