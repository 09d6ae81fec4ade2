// SPDX-License-Identifier: Apache-2.0
// NumberRange: numbers from low to high, both inclusive, as signatures ask for sizes and counts.
#pragma once

#include <cstdint>
#include <limits>

namespace postern::signatures {

struct NumberRange {
    static constexpr std::uint32_t no_end = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t low = 0;
    std::uint32_t high = no_end;

    bool holds(std::uint64_t number) const {
        return number >= low && (high == no_end || number <= high);
    }
    bool is_all() const { return *this == NumberRange{}; }
    bool operator==(const NumberRange&) const = default;
};

}  // namespace postern::signatures
