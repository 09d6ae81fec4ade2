// SPDX-License-Identifier: Apache-2.0
// LogicBuilder: logical signatures as rows. Equal patterns become one.
#pragma once

#include "signatures/logic_tables.h"

#include <unordered_map>

namespace postern::signatures {

class LogicBuilder {
public:
    // REQUIRES: both outlive the builder.
    LogicBuilder(LogicTables& tables, Programs& programs) : tables_(tables), programs_(programs) {}

    // Its number. `name` is its place in the arena. REQUIRES: bodies are joined. Throws
    // std::length_error when all of them outgrow 4 GiB.
    std::uint32_t add(const LogicalSignature& signature, std::uint32_t name);

    // The body that a subsignature is found by. REQUIRES: it is one.
    BodyRow body_of(std::uint32_t number, std::size_t subsignature, std::size_t body) const;

private:
    std::uint32_t pattern_of(const Subsignature& one, const SubsignatureRow* earlier);
    std::uint32_t new_pattern(const Subsignature& one, const SubsignatureRow* earlier);
    std::uint32_t needed_by(const Subsignature& regex);
    std::string key_of(const Subsignature& one, const SubsignatureRow* earlier) const;
    DescriptionRow describe(const TargetDescription& description);
    void add_subsignatures(const LogicalSignature& signature, std::uint32_t first);
    std::uint32_t add_expression(const Expression& expression);
    void widen(const LogicalSignature& signature, std::uint32_t first_subsignature);

    LogicTables& tables_;
    Programs& programs_;
    std::unordered_map<std::string, std::uint32_t> known_;
};

}  // namespace postern::signatures
