// SPDX-License-Identifier: Apache-2.0
// A copy of the rules is loaded for this alone, as rules are left out by marking them. What is
// dearest is divided first, so the number of scans grows with the rules wanted, not with the set.
#include "signatures/yara/rule_clock.h"

#include "signatures/yara/compiled_state.h"

#include <yara.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <queue>

namespace postern::signatures::yara {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int seconds_each = 2;  // a scan that takes longer is dear enough

int note_nothing(YR_SCAN_CONTEXT*, int, void*, void*) {
    return CALLBACK_CONTINUE;
}

struct Group {
    std::size_t first = 0;
    std::size_t last = 0;  // one behind
    double seconds = 0;
    bool operator<(const Group& other) const { return seconds < other.seconds; }
};

class Halving {
public:
    Halving(const CompiledRules& rules, std::span<const std::byte> content)
        : rules_(*rules.state().rules), content_(content) {
        if (yr_scanner_create(&rules_, &scanner_) != ERROR_SUCCESS) throw std::bad_alloc();
        yr_scanner_set_flags(scanner_, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH);
        yr_scanner_set_callback(scanner_, note_nothing, nullptr);
        yr_scanner_set_timeout(scanner_, seconds_each);
    }
    ~Halving() { yr_scanner_destroy(scanner_); }
    Halving(const Halving&) = delete;
    Halving& operator=(const Halving&) = delete;

    // The time of a scan with these rules alone: the better of two.
    double time_of(const Group& group) {
        const auto inside = [&](std::size_t rule) { return rule >= group.first && rule < group.last; };
        for (std::size_t i = 0; i < rules_.num_rules; ++i) {
            YR_RULE* rule = &rules_.rules_table[i];
            inside(i) ? yr_rule_enable(rule) : yr_rule_disable(rule);
        }
        outside_.clear();
        for (std::size_t i = 0; i < rules_.num_strings; ++i) {
            if (!inside(rules_.strings_table[i].rule_idx)) outside_.push_back(i);
        }
        return std::min(scan(), scan());
    }

private:
    // A rule that is left out still has its strings verified, unless the scanner takes them for
    // strings with too many matches; that it forgets with each scan.
    double scan() {
        for (const std::size_t string : outside_) {
            yr_bitmask_set(scanner_->strings_temp_disabled, string);
        }
        const auto begin = Clock::now();
        const auto* octets = reinterpret_cast<const std::uint8_t*>(content_.data());
        yr_scanner_scan_mem(scanner_, octets, content_.size());
        return std::chrono::duration<double>(Clock::now() - begin).count();
    }

    YR_RULES& rules_;
    std::span<const std::byte> content_;
    YR_SCANNER* scanner_ = nullptr;
    std::vector<std::size_t> outside_;
};

}  // namespace

std::vector<RuleCost> dearest_rules(const RuleTables& tables, std::span<const std::byte> content,
                                    const ClockBounds& bounds) {
    std::vector<RuleCost> costs;
    const auto rules = tables.empty() ? nullptr : CompiledRules::load(tables);
    content = content.first(std::min(content.size(), bounds.octets));
    if (!rules || content.empty()) return costs;
    Halving halving(*rules, content);
    const double alone = halving.time_of({});
    Group all{0, rules->size()};
    all.seconds = halving.time_of(all) - alone;
    const double least = (all.seconds + alone) * bounds.share;
    std::priority_queue<Group> groups;
    groups.push(all);
    while (!groups.empty() && costs.size() < bounds.most) {
        const Group group = groups.top();
        groups.pop();
        if (group.seconds < least) break;
        if (group.last - group.first == 1) {
            costs.push_back({std::string(rules->name(group.first)), group.seconds});
            continue;
        }
        const std::size_t middle = group.first + (group.last - group.first) / 2;
        for (Group half : {Group{group.first, middle}, Group{middle, group.last}}) {
            half.seconds = halving.time_of(half) - alone;
            groups.push(half);
        }
    }
    return costs;
}

}  // namespace postern::signatures::yara
