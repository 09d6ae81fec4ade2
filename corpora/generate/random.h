// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna), seeded by
// splitmix64.
//
// The standard library's distributions differ between libraries, so the few that are needed are
// here, in integers. A stream is named by two numbers: each message has its own, whatever was drawn
// for the others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace postern::corpora {

class Random {
public:
    Random(std::uint64_t seed, std::uint64_t stream);

    std::uint64_t next();
    // In [0, n). REQUIRES: n > 0.
    std::uint64_t below(std::uint64_t n);
    // In [low, high].
    std::uint64_t between(std::uint64_t low, std::uint64_t high) {
        return low + below(high - low + 1);
    }
    // True in `share` of the calls.
    bool chance(double share);
    // Appends n octets.
    void append(std::string& out, std::size_t n);

    template <typename Range>
    const auto& pick(const Range& range) {
        return range[below(std::size(range))];
    }

private:
    std::array<std::uint64_t, 4> state_;
};

}  // namespace postern::corpora
