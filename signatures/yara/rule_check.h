// SPDX-License-Identifier: Apache-2.0
// RuleCheck: which rules of a unit compile, each by itself.
//
// The compiler is fed rule by rule. After a rule that does not compile another compiler goes on;
// it is told of rules above, where a later one refers to them, by stand-ins of the same name. So a
// wrong rule takes with it only those that refer to it, and checking stays linear.
//
// Compilers are fragile, and rules come from strangers: what is absurdly long or deep is refused
// before libyara sees it.
#pragma once

#include "signatures/source_report.h"
#include "signatures/yara/compiler.h"
#include "signatures/yara/rule_text.h"
#include "signatures/yara/rule_unit.h"

#include <optional>
#include <set>

namespace postern::signatures::yara {

struct RuleBounds {
    static constexpr std::size_t text = std::size_t{1} << 20;
    static constexpr unsigned nesting = 200;
    static constexpr std::size_t strings = 10'000;
    static constexpr std::size_t bad_rules = 1'000;  // in one unit; then the rest is not tried
};

class RuleCheck {
public:
    explicit RuleCheck(RuleUnit& unit) : unit_(unit) {}

    // Adds the statement to the unit, or tells `report` what is wrong with it. `source` is the
    // text that the statement stands in.
    void take(const Statement& statement, std::string_view source, SourceReport& report);

private:
    void take_import(const Statement& statement);
    void take_rule(const Statement& statement);
    bool within_bounds(const Statement& statement);
    bool compiles(const Statement& statement);
    bool refers_to_missing_module(const Statement& statement);
    Rule rule_of(const Statement& statement) const;
    std::vector<std::string> referred(const Statement& statement) const;
    Compiler& compiler();
    void tell(const Statement& statement);
    void tell(const Statement& statement, Severity severity, std::string message);
    void tell_at(const Statement& statement, const Complaint& complaint, Severity severity);

    RuleUnit& unit_;
    std::string_view source_;
    SourceReport* report_ = nullptr;
    std::optional<Compiler> compiler_;
    std::vector<Complaint> complaints_;
    std::set<std::string, std::less<>> good_;     // rules that compiled
    std::set<std::string, std::less<>> present_;  // of these, known to the compiler
    std::set<std::string, std::less<>> missing_;  // modules that libyara lacks
    std::size_t bad_ = 0;
    std::size_t xor_keys_ = 0;
};

}  // namespace postern::signatures::yara
