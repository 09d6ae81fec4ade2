// SPDX-License-Identifier: Apache-2.0
// Every rule was compiled before, among those of its own file; together they may still not do (a
// limit of libyara's over all rules), so whatever fails here is left out and the rest begun anew.
#include "signatures/yara/rule_set.h"

#include "signatures/hasher.h"
#include "signatures/yara/compiler.h"

#include <algorithm>
#include <optional>
#include <set>

namespace postern::signatures::yara {

namespace {

// More failures than this, and their whole units go.
constexpr int single_failures = 8;

bool is_ignored(const clamav::IgnoredNames& ignored, const std::string& name) {
    return ignored.contains(name) || ignored.contains("YARA." + name);
}

bool has_global(const RuleUnit& unit) {
    return std::any_of(unit.rules.begin(), unit.rules.end(),
                       [](const Rule& rule) { return rule.is_global; });
}

std::set<std::string> referred_names(const RuleUnit& unit) {
    std::set<std::string> names;
    for (const Rule& rule : unit.rules) names.insert(rule.refers.begin(), rule.refers.end());
    return names;
}

std::string text_of(const RuleUnit& unit) {
    std::string text;
    for (const std::string& module : unit.modules) text += module + '\0';
    for (const Rule& rule : unit.rules) text += rule.text + '\0';
    return text + '\0';
}

// Removes the rules that `is_meant` says, from the last to the first: one that was only needed by
// another that goes, goes as well. What is needed by one that stays is made private.
template <typename IsMeant>
std::size_t remove_from(RuleUnit& unit, const IsMeant& is_meant) {
    std::size_t hidden = 0;
    std::set<std::string> needed;
    std::vector<Rule> kept;
    for (auto rule = unit.rules.rbegin(); rule != unit.rules.rend(); ++rule) {
        if (!rule->is_private && is_meant(*rule)) {
            ++hidden;
            if (!rule->is_global && !needed.contains(rule->name)) continue;
            rule->text = "private " + rule->text;
            rule->is_private = true;
        }
        needed.insert(rule->refers.begin(), rule->refers.end());
        kept.push_back(std::move(*rule));
    }
    std::reverse(kept.begin(), kept.end());
    unit.rules = std::move(kept);
    return hidden;
}

// Adds everything to one compiler. On failure: unit and rule that did not compile.
struct Failure {
    std::size_t unit;
    std::size_t rule;
};

std::optional<Failure> add_all(const std::vector<RuleUnit>& units, Compiler& compiler,
                               std::vector<Complaint>& complaints) {
    for (std::size_t u = 0; u < units.size(); ++u) {
        const std::string name_space = "unit" + std::to_string(u);
        for (const std::string& module : units[u].modules) {
            compiler.add("import \"" + module + "\"", name_space, complaints);
        }
        for (std::size_t r = 0; r < units[u].rules.size(); ++r) {
            complaints.clear();
            if (!compiler.add(units[u].rules[r].text, name_space, complaints)) return Failure{u, r};
        }
    }
    return std::nullopt;
}

// Takes out the rules that `is_bad` says, and those below that need them; each is told.
template <typename IsBad>
void leave_out(RuleUnit& unit, const IsBad& is_bad, const std::string& why, Diagnostics& out) {
    std::set<std::string> gone;
    std::erase_if(unit.rules, [&](const Rule& rule) {
        const bool needs = std::any_of(rule.refers.begin(), rule.refers.end(),
                                       [&](const std::string& name) { return gone.contains(name); });
        if (!needs && !is_bad(rule)) return false;
        gone.insert(rule.name);
        out.push_back({Severity::error, unit.file, 1, 0,
                       "rule " + rule.name + " is left out: " +
                           (needs ? "a rule that it needs is" : why)});
        return true;
    });
}

// The first rules of the set that ask for so many keys stay.
void bound_xor_keys(std::vector<RuleUnit>& units, Diagnostics& out) {
    std::size_t keys = 0;
    for (RuleUnit& unit : units) {
        const auto is_over = [&](const Rule& rule) {
            if (rule.xor_keys == 0) return false;
            const bool over = keys + rule.xor_keys > most_xor_keys;
            if (!over) keys += rule.xor_keys;
            return over;
        };
        leave_out(unit, is_over,
                  "the set asks for more than 38,400 xor keys in all: narrow them, as in xor(1-15)",
                  out);
    }
    std::erase_if(units, [](const RuleUnit& unit) { return unit.rules.empty(); });
}

void count_rules(const std::vector<RuleUnit>& units, RuleTables& tables) {
    Hasher hasher;
    hasher.begin();
    for (const RuleUnit& unit : units) {
        hasher.add(text_of(unit));
        for (const Rule& rule : unit.rules) {
            tables.reported += !rule.is_private;
            tables.by_name += rule.by_name;
        }
    }
    for (const std::uint8_t octet : hasher.end()) {
        tables.source_digest += "0123456789abcdef"[octet >> 4];
        tables.source_digest += "0123456789abcdef"[octet & 15];
    }
}

}  // namespace

std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<RuleUnit>& units) {
    if (ignored.empty()) return 0;
    std::size_t hidden = 0;
    for (RuleUnit& unit : units) {
        hidden += remove_from(unit, [&](const Rule& rule) { return is_ignored(ignored, rule.name); });
    }
    return hidden;
}

void bring_into_order(std::vector<RuleUnit>& units) {
    std::vector<std::pair<std::string, RuleUnit>> keyed;
    for (RuleUnit& unit : units) {
        std::string text = text_of(unit);
        keyed.emplace_back(std::move(text), std::move(unit));
    }
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    units.clear();
    std::set<std::string> alone;
    for (auto& [text, unit] : keyed) {
        const std::set<std::string> needed = referred_names(unit);
        if (!has_global(unit)) {
            std::erase_if(unit.rules, [&](const Rule& rule) {
                if (!rule.refers.empty() || needed.contains(rule.name)) return false;
                return !alone.insert(rule.text).second;
            });
        }
        if (!unit.rules.empty()) units.push_back(std::move(unit));
    }
}

RuleTables compile(std::vector<RuleUnit> units, Diagnostics& diagnostics) {
    RuleTables tables;
    bound_xor_keys(units, diagnostics);
    for (int failures = 0; !units.empty(); ++failures) {
        Compiler compiler;
        std::vector<Complaint> complaints;
        const auto failure = add_all(units, compiler, complaints);
        if (!failure) {
            tables.octets = compiler.finish();
            break;
        }
        RuleUnit& unit = units[failure->unit];
        const std::string bad = unit.rules[failure->rule].name;
        const bool whole_unit = failures >= single_failures;
        leave_out(unit, [&](const Rule& rule) { return whole_unit || rule.name == bad; },
                  bad + " does not compile beside the others of the set: " +
                      (complaints.empty() ? "not enough memory" : complaints.back().message),
                  diagnostics);
        if (unit.rules.empty()) units.erase(units.begin() + static_cast<std::ptrdiff_t>(failure->unit));
    }
    if (units.empty()) return tables;
    count_rules(units, tables);
    DigestKinds kinds;
    kinds.add(DigestKind::sha256);
    tables.check = Hasher().digest(tables.octets, kinds).sha256;
    return tables;
}

}  // namespace postern::signatures::yara
