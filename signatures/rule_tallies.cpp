// SPDX-License-Identifier: Apache-2.0
#include "signatures/rule_tallies.h"

#include "signatures/tables.h"

#include <chrono>
#include <new>

namespace postern::signatures {

namespace {

double measured_tick() {
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t ticks = ticks_now();
    std::chrono::duration<double> passed{};
    do passed = std::chrono::steady_clock::now() - begin;
    while (passed.count() < 1e-3);
    return passed.count() / static_cast<double>(ticks_now() - ticks);
}

std::size_t rules_in(const SignatureSet::Tables& tables) {
    return tables.compiled_rules ? tables.compiled_rules->size() : 0;
}

}  // namespace

double tick_seconds() {
    static const double seconds = measured_tick();
    return seconds;
}

RuleTallies::RuleTallies(const SignatureSet& set)
    : logical_(set.tables().signatures.size()),
      members_(logical_ + set.tables().logic.rows.size()),
      rules_(members_ + set.tables().members.rows.size()),
      count_(rules_ + rules_in(set.tables())),
      // Not cleared by us: pages that nobody touches are the system's own zeros.
      rows_(static_cast<RuleTally*>(std::calloc(count_ + 1, sizeof(RuleTally)))) {
    if (!rows_) throw std::bad_alloc();
}

void RuleTallies::add(const RuleTallies& other) {
    for (std::size_t i = 0; i < count_; ++i) {
        const RuleTally& from = other.rows_[i];
        if (from.verifications == 0 && from.hits == 0) continue;
        rows_[i].hits += from.hits;
        rows_[i].verifications += from.verifications;
        rows_[i].ticks += from.ticks;
    }
}

class RuleUses {
public:
    RuleUses(const SignatureSet& set, const RuleTallies& tallies) : tables_(set.tables()), tallies_(tallies) {}

    std::vector<RuleUse> all() {
        const NameArena& names = tables_.names;
        for (std::size_t i = 0; i < tables_.signatures.size(); ++i) {
            const SignatureRow& row = tables_.signatures[i];
            if (!row.is_leg()) add(names.at(row.name), SignatureKind::body, i);
        }
        for (std::size_t i = 0; i < tables_.logic.rows.size(); ++i) {
            add(names.at(tables_.logic.rows[i].name), SignatureKind::logical, tallies_.logical_ + i);
        }
        for (std::size_t i = 0; i < tables_.members.rows.size(); ++i) {
            add(names.at(tables_.members.rows[i].name), SignatureKind::member, tallies_.members_ + i);
        }
        for (std::size_t i = 0; i < rules_in(tables_); ++i) {
            add(tables_.compiled_rules->name(i), SignatureKind::rule, tallies_.rules_ + i);
        }
        return std::move(uses_);
    }

private:
    void add(std::string_view name, SignatureKind kind, std::size_t number) {
        const RuleTally& tally = tallies_.rows_[number];
        uses_.push_back({name, kind, tally.hits, tally.verifications,
                         static_cast<double>(tally.ticks) * tick_ * 1e6});
    }

    const SignatureSet::Tables& tables_;
    const RuleTallies& tallies_;
    double tick_ = tick_seconds();
    std::vector<RuleUse> uses_;
};

std::vector<RuleUse> rule_uses(const SignatureSet& set, const RuleTallies& tallies) {
    return RuleUses(set, tallies).all();
}

}  // namespace postern::signatures
