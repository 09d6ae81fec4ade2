// SPDX-License-Identifier: Apache-2.0
// Each limit is one counter and one comparison, made together by compare-and-exchange, so that two tasks
// asking at once cannot both be granted the last octet.
#include "engine/budget.h"

#include <algorithm>
#include <array>
#include <limits>

namespace postern::engine {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? unlimited : product;
}

// The ratio is looked at only above a floor: a small file that unpacks a thousandfold harms nobody.
std::uint64_t ratio_ceiling(const Limits& limits, std::uint64_t message_bytes) {
    const std::uint64_t whole = std::max<std::uint64_t>(message_bytes, 1);
    return std::max(limits.ratio_from_bytes, saturated_product(limits.ratio, whole));
}

constexpr std::array<std::string_view, limit_count> codes{
    "produced-bytes", "member-bytes", "ratio", "entries", "entities", "depth", "dictionary", "time",
};

}  // namespace

std::string_view code_of(Limit limit) { return codes[static_cast<std::size_t>(limit)]; }

std::string sentence_of(Limit limit, const Limits& limits) {
    const auto number = [](std::uint64_t n) { return std::to_string(n); };
    switch (limit) {
        case Limit::produced_bytes:
            return "more than " + number(limits.produced_bytes) +
                   " octets came out of decoding and unpacking";
        case Limit::member_bytes:
            return "a member is larger than " + number(limits.member_bytes) + " octets";
        case Limit::ratio:
            return "it unpacks to more than " + number(limits.ratio) + " times its size";
        case Limit::entries:
            return "its archives have more than " + number(limits.entries) + " members";
        case Limit::entities:
            return "it has more than " + number(limits.entities) + " MIME entities";
        case Limit::depth:
            return "its containers are nested more than " + number(limits.depth) + " deep";
        case Limit::dictionary:
            return "unpacking it takes a window of more than " + number(limits.dictionary_bytes) +
                   " octets";
        case Limit::time:
            return "scanning it took longer than " +
                   number(static_cast<std::uint64_t>(limits.time.count())) + " ms";
    }
    return {};
}

Budget::Budget(const Limits& limits, std::uint64_t message_bytes)
    : limits_(limits),
      ratio_ceiling_(ratio_ceiling(limits, message_bytes)),
      deadline_(std::chrono::steady_clock::now() + limits.time) {}

bool Budget::refused(Limit limit) const {
    return (refused_.load(std::memory_order_relaxed) >> static_cast<unsigned>(limit) & 1U) != 0;
}

std::optional<Limit> Budget::refuse(Limit limit) {
    refused_.fetch_or(1U << static_cast<unsigned>(limit), std::memory_order_relaxed);
    return limit;
}

std::optional<Limit> Budget::produce(std::uint64_t n) {
    if (refused(Limit::produced_bytes)) return Limit::produced_bytes;
    if (refused(Limit::ratio)) return Limit::ratio;
    std::uint64_t before = produced_.load(std::memory_order_relaxed);
    do {
        if (before > limits_.produced_bytes || n > limits_.produced_bytes - before)
            return refuse(Limit::produced_bytes);
        if (before > ratio_ceiling_ || n > ratio_ceiling_ - before) return refuse(Limit::ratio);
    } while (!produced_.compare_exchange_weak(before, before + n, std::memory_order_relaxed));
    return std::nullopt;
}

std::optional<Limit> Budget::produce_member(std::uint64_t n, std::uint64_t so_far) {
    if (so_far > limits_.member_bytes || n > limits_.member_bytes - so_far)
        return Limit::member_bytes;
    return produce(n);
}

void Budget::give_back(std::uint64_t n) { produced_.fetch_sub(n, std::memory_order_relaxed); }

std::chrono::nanoseconds Budget::time_left() const {
    const std::chrono::nanoseconds left =
        deadline_.load(std::memory_order_relaxed) - std::chrono::steady_clock::now();
    return std::max(left, std::chrono::nanoseconds(1));
}

void Budget::give_back_time(std::chrono::nanoseconds spent) {
    auto before = deadline_.load(std::memory_order_relaxed);
    while (!deadline_.compare_exchange_weak(before, before + spent, std::memory_order_relaxed)) {}
}

std::uint64_t Budget::remaining() const {
    if (refused(Limit::produced_bytes) || refused(Limit::ratio)) return 0;
    const std::uint64_t most = std::min(limits_.produced_bytes, ratio_ceiling_);
    const std::uint64_t now = produced();
    return most > now ? most - now : 0;
}

std::uint64_t Budget::remaining_entities() const {
    const std::uint64_t now = entities_.load(std::memory_order_relaxed);
    if (refused(Limit::entities) || now > limits_.entities) return 0;
    return limits_.entities - now;
}

std::optional<Limit> Budget::enter(unsigned depth) const {
    return depth >= limits_.depth ? std::optional(Limit::depth) : std::nullopt;
}

std::optional<Limit> Budget::count(std::atomic<std::uint64_t>& counter, std::uint64_t n,
                                   Limit limit) {
    if (refused(limit)) return limit;
    const std::uint64_t most = limit == Limit::entries ? limits_.entries : limits_.entities;
    std::uint64_t before = counter.load(std::memory_order_relaxed);
    do {
        if (before > most || n > most - before) return refuse(limit);
    } while (!counter.compare_exchange_weak(before, before + n, std::memory_order_relaxed));
    return std::nullopt;
}

std::optional<Limit> Budget::entry() { return count(entries_, 1, Limit::entries); }

std::optional<Limit> Budget::entities(std::uint64_t n) {
    return count(entities_, n, Limit::entities);
}

std::optional<Limit> Budget::dictionary(std::uint64_t bytes) const {
    return bytes > limits_.dictionary_bytes ? std::optional(Limit::dictionary) : std::nullopt;
}

std::optional<Limit> Budget::out_of_time() const {
    const bool late = std::chrono::steady_clock::now() > deadline_.load(std::memory_order_relaxed);
    return late ? std::optional(Limit::time) : std::nullopt;
}

}  // namespace postern::engine
