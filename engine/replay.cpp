// SPDX-License-Identifier: Apache-2.0
#include "engine/replay.h"

#include "engine/identify.h"

#include <algorithm>
#include <set>

namespace postern::engine {

namespace {

using Names = std::set<std::string_view>;

Names signatures_of(const Verdict& verdict) {
    Names names;
    for (const Finding& finding : verdict.findings) {
        if (finding.kind == FindingKind::signature) names.insert(finding.name);
    }
    return names;
}

void count_set(const Verdict& verdict, double seconds, SetTally& tally) {
    const bool hit = std::any_of(verdict.findings.begin(), verdict.findings.end(), [](const Finding& finding) {
        return finding.kind == FindingKind::signature;
    });
    if (hit) ++tally.messages_hit;
    if (!verdict.coverage.complete()) ++tally.partial;
    tally.seconds += seconds;
}

std::string messages_of(std::size_t count, const char* kind) {
    return std::to_string(count) + " " + kind + (count == 1 ? " message" : " messages");
}

}  // namespace

void Replay::count(const Replayed& message) {
    ++messages_;
    bytes_ += message.now.message_bytes;
    ++known_[static_cast<std::size_t>(message.known)];
    count_set(message.now, message.seconds_now, now_);
    if (compares()) count_set(message.before, message.seconds_before, before_);

    const Names now = signatures_of(message.now);
    const Names before = signatures_of(message.before);
    for (const std::string_view name : now) {
        RuleTally& rule = rules_[std::string(name)];
        ++rule.now;
        if (!before.contains(name)) ++rule.gained;
        if (message.known == Known::bad) ++rule.known_bad;
        if (message.known == Known::good && rule.known_good++ == 0) rule.example = printable_name(message.path);
    }
    for (const std::string_view name : before) {
        RuleTally& rule = rules_[std::string(name)];
        ++rule.before;
        if (!now.contains(name)) ++rule.lost;
    }

    if (message.known == Known::good && !now.empty()) ++false_positives_;
    if (message.known != Known::bad || !now.empty()) return;
    if (compares() && before.empty()) {
        ++missed_;
        return;
    }
    if (++lost_ <= examples) lost_examples_.push_back(printable_name(message.path));
}

// Rules that were never touched have no row.
void Replay::count(const std::vector<signatures::RuleUse>& uses) {
    for (const signatures::RuleUse& use : uses) {
        if (use.verifications == 0) continue;
        RuleTally& rule = rules_[std::string(use.name)];
        rule.microseconds += use.microseconds;
        rule.verifications += use.verifications;
    }
}

// The rules to blame for known-good mail, the worst first.
std::string Replay::blamed() const {
    std::string names;
    std::size_t count = 0;
    for (const Row* row : worst_first()) {
        if (row->second.known_good == 0) break;
        if (count++ == examples) return names + ", and more";
        names += (names.empty() ? "" : ", ") + row->first + " (" + std::to_string(row->second.known_good) +
                 ", first " + row->second.example + ")";
    }
    return names;
}

std::vector<std::string> Replay::refusals(const ReplayLimits& limits) const {
    std::vector<std::string> out;
    const auto allowed = [](std::size_t limit) { return "; " + std::to_string(limit) + " allowed: "; };
    if (false_positives_ > limits.false_positives) {
        out.push_back("hits " + messages_of(false_positives_, "known-good") + allowed(limits.false_positives) +
                      blamed());
    }
    if (lost_ > limits.lost) {
        std::string sentence = compares() ? "loses " : "does not find ";
        sentence += messages_of(lost_, "known-bad") + allowed(limits.lost);
        for (std::size_t i = 0; i < lost_examples_.size(); ++i) sentence += (i ? ", " : "") + lost_examples_[i];
        out.push_back(sentence + (lost_ > examples ? ", and more" : ""));
    }
    return out;
}

std::vector<const Replay::Row*> Replay::worst_first() const {
    std::vector<const Row*> rows;
    for (const Row& row : rules_) {
        if (row.second.now + row.second.before != 0) rows.push_back(&row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row* a, const Row* b) {
        const auto key = [](const RuleTally& rule) { return std::pair(rule.known_good, rule.lost + rule.gained); };
        return key(a->second) > key(b->second);
    });
    return rows;
}

std::vector<const Replay::Row*> Replay::by_time() const {
    std::vector<const Row*> rows;
    for (const Row& row : rules_) {
        if (row.second.microseconds > 0) rows.push_back(&row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row* a, const Row* b) {
        return a->second.microseconds > b->second.microseconds;
    });
    return rows;
}

}  // namespace postern::engine
