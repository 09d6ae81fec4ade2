// SPDX-License-Identifier: Apache-2.0
// Eight octets in one word: which of them are of some class, exactly, octet by octet.
//
// A mask has the high bit of an octet's place set where the octet is of the class. The first octet is the
// lowest, so the first of the class is found by counting zero bits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace postern::engine::html {

class EightOctets {
public:
    using Mask = std::uint64_t;

    explicit EightOctets(const std::byte* from) { std::memcpy(&octets_, from, sizeof octets_); }

    Mask beyond_ascii() const { return octets_ & high; }
    // These look at the lower seven bits: what is beyond ASCII may be counted in, and is masked elsewhere.
    Mask equal(std::uint8_t c) const { return ~(((octets_ & ~high) ^ c * ones) + 0x7f * ones) & high; }
    Mask below(std::uint8_t c) const { return ~((octets_ | high) - c * ones) & high; }

    void write_lower_case(std::byte* to) const {
        const std::uint64_t low = octets_ & ~high;
        const std::uint64_t upper = (low + (0x80 - 'A') * ones) & ~(low + (0x7f - 'Z') * ones);
        const std::uint64_t lower = octets_ | (upper & ~octets_ & high) >> 2;
        std::memcpy(to, &lower, sizeof lower);
    }
    void write(std::byte* to) const { std::memcpy(to, &octets_, sizeof octets_); }
    void write_with_double_quotes(std::byte* to) const {
        const std::uint64_t quotes = equal('\'') & ~octets_ & high;
        const std::uint64_t mended = octets_ ^ (quotes >> 7) * ('\'' ^ '"');
        EightOctets(mended).write_lower_case(to);
    }

    // How many octets stand before the first of the mask.
    static std::size_t before(Mask mask) {
        return static_cast<std::size_t>(std::countr_zero(mask)) / 8;
    }

private:
    static_assert(std::endian::native == std::endian::little, "the first octet is the lowest");
    static constexpr std::uint64_t ones = 0x0101010101010101;
    static constexpr std::uint64_t high = 0x80 * ones;

    explicit EightOctets(std::uint64_t octets) : octets_(octets) {}

    std::uint64_t octets_;
};

inline bool is_blank(std::uint8_t c) { return c == ' ' || (c >= 0x09 && c <= 0x0d); }
inline bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }
inline bool is_letter(std::uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
inline std::uint8_t to_lower(std::uint8_t c) {
    return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c + 0x20) : c;
}
// 0 to 15; -1 for what is no hexadecimal digit.
inline int hex_value(std::uint8_t c) {
    if (is_digit(c)) return c - '0';
    const int letter = c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace postern::engine::html
