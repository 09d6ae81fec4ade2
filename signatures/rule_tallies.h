// SPDX-License-Identifier: Apache-2.0
// RuleTallies: what each rule of a set cost one worker, and what came of it.
//
// Always counted, so it must cost next to nothing: a rule is only touched behind a hit of its
// literal, and there two readings of the processor's clock stand beside a comparison of octets. The
// memory of rules that were never touched is never touched either.
//
//   verifications  how often the whole rule, or a part of it, was looked at behind a literal
//   hits           contents (or forms of them) in which it was found
//
// Time of YARA rules is not known one by one (yara/rule_clock.h says how it is found); digests are
// looked up in a table all together and are not counted.
//
// For one thread at a time.
#pragma once

#include "signatures/catalog/entry.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#if defined(__x86_64__)
#include <x86intrin.h>
#else
#include <chrono>
#endif

namespace postern::signatures {

class SignatureSet;

struct RuleTally {
    std::uint32_t hits = 0;
    std::uint32_t verifications = 0;
    std::uint64_t ticks = 0;
};

// A clock that is read in some nanoseconds; what a tick is, tick_seconds() says.
inline std::uint64_t ticks_now() {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}
// Measured when first asked: takes a millisecond.
double tick_seconds();

// Rules are numbered: bodies, as their rows are; then logical ones, members, YARA rules.
class RuleTallies {
public:
    explicit RuleTallies(const SignatureSet& set);
    RuleTallies(RuleTallies&&) noexcept = default;

    RuleTally& body(std::uint32_t row) { return rows_[row]; }
    RuleTally& logical(std::uint32_t row) { return rows_[logical_ + row]; }
    RuleTally& member(std::uint32_t row) { return rows_[members_ + row]; }
    RuleTally& rule(std::size_t number) { return rows_[rules_ + number]; }

    // Of the same set.
    void add(const RuleTallies& other);

private:
    friend class RuleUses;
    struct Free {
        void operator()(RuleTally* rows) const { std::free(rows); }
    };
    std::size_t logical_, members_, rules_, count_;
    std::unique_ptr<RuleTally[], Free> rows_;
};

// One verification, timed from its beginning to its end.
class Timed {
public:
    explicit Timed(RuleTally& tally) : tally_(tally), begin_(ticks_now()) {}
    ~Timed() {
        ++tally_.verifications;
        tally_.ticks += ticks_now() - begin_;
    }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

private:
    RuleTally& tally_;
    std::uint64_t begin_;
};

// A rule's tally, for people.
struct RuleUse {
    std::string_view name;  // lives as long as the set
    SignatureKind kind = SignatureKind::body;
    std::uint64_t hits = 0;
    std::uint64_t verifications = 0;
    double microseconds = 0;

    std::uint64_t in_vain() const { return verifications > hits ? verifications - hits : 0; }
};

// All rules but digests, in the order of their numbers; legs of logical ones are these.
std::vector<RuleUse> rule_uses(const SignatureSet& set, const RuleTallies& tallies);

}  // namespace postern::signatures
