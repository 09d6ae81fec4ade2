// SPDX-License-Identifier: Apache-2.0
// Budget: what one message may still cost. The only thing in the house that says stop.
//
// Whoever produces octets (a decoder, an inflater), opens a member or goes one container deeper asks the
// budget first. What it refuses is told once per limit and becomes the coverage of the verdict.
//
// Invariants
//  (1) Every produced octet is charged before it is held.
//  (2) Once a limit is refused, the same question is refused for the rest of the message: what counts
//      over the whole message (octets, ratio, members, entities) stays refused even after give_back().
//  (3) produced() never exceeds what the limits allow.
//
// Thread-safe: the tasks of one message share one Budget.
#pragma once

#include "engine/limits.h"

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

namespace postern::engine {

enum class Limit : std::uint8_t {
    produced_bytes,
    member_bytes,
    ratio,
    entries,
    entities,
    depth,
    dictionary,
    time,
};

inline constexpr std::size_t limit_count = 8;

// "produced-bytes"; stable, for logs and tests.
std::string_view code_of(Limit limit);
// "more than 400000000 octets came out of decoding and unpacking"
std::string sentence_of(Limit limit, const Limits& limits);

class Budget {
public:
    Budget(const Limits& limits, std::uint64_t message_bytes);

    // Charges `n` octets about to be produced. A value is the limit that refuses them.
    std::optional<Limit> produce(std::uint64_t n);
    // The same for a member of a container that has produced `so_far` octets already.
    std::optional<Limit> produce_member(std::uint64_t n, std::uint64_t so_far);
    // Gives back what was charged and not produced after all (an upper bound that was not reached).
    void give_back(std::uint64_t n);
    std::optional<Limit> enter(unsigned depth) const;  // content at this depth is about to be expanded
    std::optional<Limit> entry();                      // one more member
    std::optional<Limit> entities(std::uint64_t n);    // n more entities, as a parser found them
    std::optional<Limit> dictionary(std::uint64_t bytes) const;
    // Cheap enough for inner loops that handle some kilobytes a round.
    std::optional<Limit> out_of_time() const;
    std::chrono::nanoseconds time_left() const;  // at least one
    // So much was spent on what must not cost the message its time.
    void give_back_time(std::chrono::nanoseconds spent);

    const Limits& limits() const { return limits_; }
    std::uint64_t produced() const { return produced_.load(std::memory_order_relaxed); }
    // What produce() would still grant at this moment: a declared size above it is not worth believing.
    std::uint64_t remaining() const;
    // What entities() would still grant at this moment.
    std::uint64_t remaining_entities() const;

private:
    std::optional<Limit> refuse(Limit limit);
    bool refused(Limit limit) const;
    std::optional<Limit> count(std::atomic<std::uint64_t>& counter, std::uint64_t n, Limit limit);

    const Limits limits_;
    const std::uint64_t ratio_ceiling_;  // octets above which the ratio refuses
    std::atomic<std::chrono::steady_clock::time_point> deadline_;
    std::atomic<std::uint64_t> produced_{0};
    std::atomic<std::uint64_t> entries_{0};
    std::atomic<std::uint64_t> entities_{0};
    std::atomic<std::uint32_t> refused_{0};  // a bit a Limit
};

}  // namespace postern::engine
