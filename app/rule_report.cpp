// SPDX-License-Identifier: Apache-2.0
#include "app/rule_report.h"

#include "app/errors.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

namespace postern::app {

namespace {

using signatures::RuleUse;
using Json = nlohmann::ordered_json;

constexpr std::size_t most_told = 10;

// The first ten by what `cost` says; none that cost nothing.
std::vector<RuleUse> worst(const RuleUses& uses, const std::function<double(const RuleUse&)>& cost) {
    std::vector<RuleUse> rows;
    for (const RuleUse& use : uses) {
        if (cost(use) > 0) rows.push_back(use);
    }
    const auto before = [&](const RuleUse& a, const RuleUse& b) {
        return std::pair(-cost(a), a.name) < std::pair(-cost(b), b.name);
    };
    const std::size_t told = std::min(rows.size(), most_told);
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(told), rows.end(), before);
    rows.resize(told);
    return rows;
}

RuleUses by_time(const RuleUses& uses) {
    return worst(uses, [](const RuleUse& use) { return use.microseconds; });
}
RuleUses in_vain(const RuleUses& uses) {
    return worst(uses, [](const RuleUse& use) { return static_cast<double>(use.in_vain()); });
}

std::string table(const char* title, const RuleUses& rows) {
    if (rows.empty()) return "";
    std::string text = title;
    text += "\n  microseconds  verifications  in vain     hits  rule\n";
    for (const RuleUse& use : rows) {
        char numbers[96];
        std::snprintf(numbers, sizeof numbers, "%14.1f %14llu %8llu %8llu  ", use.microseconds,
                      static_cast<unsigned long long>(use.verifications), static_cast<unsigned long long>(use.in_vain()),
                      static_cast<unsigned long long>(use.hits));
        text += numbers + std::string(use.name) + " (" + std::string(name_of(use.kind)) + ")\n";
    }
    return text;
}

std::size_t never_hit(const RuleUses& uses) {
    return static_cast<std::size_t>(std::count_if(uses.begin(), uses.end(), [](const RuleUse& use) { return use.hits == 0; }));
}

Json json_of(const RuleUses& rows) {
    Json json = Json::array();
    for (const RuleUse& use : rows) {
        json.push_back({{"name", use.name}, {"kind", name_of(use.kind)}, {"microseconds", use.microseconds},
                        {"verifications", use.verifications}, {"in_vain", use.in_vain()}, {"hits", use.hits}});
    }
    return json;
}

}  // namespace

std::string rules_in_text(const RuleUses& uses) {
    const std::size_t dead = never_hit(uses);
    return "rules       " + std::to_string(uses.size() - dead) + " hit something, " + std::to_string(dead) + " nothing (--dead-rules FILE)\n" +
           table("worst by time", by_time(uses)) + table("worst by verifications that came to nothing", in_vain(uses));
}

Json rules_in_json(const RuleUses& uses) {
    const std::size_t dead = never_hit(uses);
    return {{"by_time", json_of(by_time(uses))}, {"in_vain", json_of(in_vain(uses))},
            {"hit", uses.size() - dead}, {"never_hit", dead}};
}

void write_dead_rules(const RuleUses& uses, const std::string& file) {
    std::set<std::string_view> dead, alive;
    for (const RuleUse& use : uses) (use.hits == 0 ? dead : alive).insert(use.name);
    std::ofstream out(file);
    for (const std::string_view name : dead) {
        if (!alive.contains(name)) out << name << '\n';
    }
    if (!out.flush()) throw UsageError(file + ": cannot be written; name a file after --dead-rules");
}

}  // namespace postern::app
