// SPDX-License-Identifier: Apache-2.0
// A replay for people, and as one JSON object with every rule that hit anything.
#include "engine/replay.h"

#include "engine/identify.h"

#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::engine {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_rules = 20;
constexpr std::size_t most_dearest = 10;

[[gnu::format(printf, 1, 2)]] std::string printed(const char* format, ...) {
    char line[512];
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(line, sizeof line, format, values);
    va_end(values);
    return line;
}

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

std::string line_about(const char* which, const SetTally& set, std::uint64_t bytes) {
    const double rate = set.seconds > 0 ? megabytes(bytes) / set.seconds : 0;
    return printed("%-11s hits %zu messages; %.2f s of scanning (%.0f MB/s a core); %zu messages not scanned whole\n",
                   which, set.messages_hit, set.seconds, rate, set.partial);
}

Json json_of(const SetTally& set) {
    return {{"messages_hit", set.messages_hit}, {"partial", set.partial}, {"seconds", set.seconds}};
}

}  // namespace

std::string Replay::dearest() const {
    const auto rows = by_time();
    if (rows.empty()) return "";
    std::string out = printed("%12s %13s %8s  %s\n", "microseconds", "verifications", "hits", "dearest rules of the new set");
    for (std::size_t i = 0; i < rows.size() && i < most_dearest; ++i) {
        const RuleTally& rule = rows[i]->second;
        out += printed("%12.1f %13zu %8zu  ", rule.microseconds, static_cast<std::size_t>(rule.verifications), rule.now);
        out += printable_name(rows[i]->first) + "\n";
    }
    return out;
}

std::string Replay::table() const {
    if (worst_first().empty()) return "";
    std::string out = printed("%10s %9s %8s %8s %8s  %s\n", "known good", "known bad", "hits", "new", "lost", "rule");
    const auto rows = worst_first();
    for (std::size_t i = 0; i < rows.size() && i < most_rules; ++i) {
        const RuleTally& rule = rows[i]->second;
        out += printed("%10zu %9zu %8zu %8zu %8zu  ", rule.known_good, rule.known_bad, rule.now,
                       compares() ? rule.gained : 0, rule.lost);
        out += printable_name(rows[i]->first) + "\n";
    }
    if (rows.size() > most_rules) out += printed("and %zu more rules\n", rows.size() - most_rules);
    return out;
}

std::string Replay::text(const ReplayLimits& limits) const {
    std::string out = printed("%-11s %zu messages, %.1f MB: %zu known good, %zu known bad\n", "replayed", messages_,
                              megabytes(bytes_), known(Known::good), known(Known::bad));
    out += line_about("new set", now_, bytes_);
    if (compares()) {
        out += line_about("old set", before_, bytes_);
        out += printed("%-11s %zu known-bad messages are found by neither set\n", "missed", missed_);
    }
    out += table();
    const auto reasons = refusals(limits);
    for (const std::string& reason : reasons) out += "refused: the new set " + reason + "\n";
    if (reasons.empty()) out += "passed\n";
    return out;
}

std::string Replay::json(const ReplayLimits& limits) const {
    Json rules = Json::array();
    for (const Row* row : worst_first()) {
        const RuleTally& rule = row->second;
        rules.push_back({{"name", printable_name(row->first)},
                         {"hits", rule.now},
                         {"known_good", rule.known_good},
                         {"known_bad", rule.known_bad},
                         {"first_known_good", rule.example},
                         {"microseconds", rule.microseconds},
                         {"verifications", rule.verifications}});
        if (compares()) {
            rules.back()["before"] = rule.before;
            rules.back()["new"] = rule.gained;
            rules.back()["lost"] = rule.lost;
        }
    }
    const auto reasons = refusals(limits);
    Json json{{"passed", reasons.empty()},
              {"refused", reasons},
              {"messages", messages_},
              {"bytes", bytes_},
              {"known_good", known(Known::good)},
              {"known_bad", known(Known::bad)},
              {"false_positives", false_positives_},
              {"lost", lost_},
              {"lost_first", lost_examples_},
              {"now", json_of(now_)}};
    if (compares()) {
        json["before"] = json_of(before_);
        json["missed_by_both"] = missed_;
    }
    json["rules"] = std::move(rules);
    json["dearest"] = Json::array();
    for (const Row* row : by_time()) {
        json["dearest"].push_back({{"name", printable_name(row->first)}, {"microseconds", row->second.microseconds},
                                   {"verifications", row->second.verifications}, {"hits", row->second.now}});
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace postern::engine
