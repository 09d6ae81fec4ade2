// SPDX-License-Identifier: Apache-2.0
// Digits: blanks before them are passed over, the first octet that is no digit ends them. Exact ones
// are digits all through. Of hexadecimal ones in little-endian order, pairs are turned around.
#include "signatures/number_beside.h"

#include "signatures/clamav/hex.h"

#include <algorithm>
#include <string_view>

namespace postern::signatures {

namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

std::uint64_t binary_number(std::string_view octets, bool little_endian) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const char c = octets[little_endian ? octets.size() - 1 - i : i];
        value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
}

bool take_hex_prefix(std::string_view& text) {
    if (!text.starts_with("0x") && !text.starts_with("0X")) return false;
    text.remove_prefix(2);
    return true;
}

std::uint64_t turned_around(std::string_view digits) {
    std::uint64_t value = 0;
    for (std::size_t end = digits.size(); end > 0; end -= std::min<std::size_t>(2, end)) {
        const std::size_t begin = end < 2 ? 0 : end - 2;
        for (std::size_t i = begin; i < end; ++i) {
            value = value << 4 | static_cast<unsigned>(clamav::hex_digit(digits[i]));
        }
    }
    return value;
}

std::optional<std::uint64_t> number_of_digits(std::string_view digits, unsigned base) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        const auto digit = static_cast<unsigned>(clamav::hex_digit(c));
        if (value > (~std::uint64_t{0} - digit) / base) return std::nullopt;
        value = value * base + digit;
    }
    return value;
}

// Where no digit stands, what need not be exact is zero.
std::optional<std::uint64_t> written_number(const ByteCompare& compare, std::string_view text) {
    const bool automatic = compare.base == NumberBase::automatic;
    const std::size_t blank =
        compare.exact ? 0 : std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(blank);
    const bool prefixed = compare.base != NumberBase::decimal && take_hex_prefix(text);
    const bool hex = compare.base == NumberBase::hexadecimal || prefixed;
    if (!hex && compare.little_endian) return std::nullopt;
    const std::size_t end = std::min(
        text.find_first_not_of(hex ? "0123456789abcdefABCDEF" : "0123456789"), text.size());
    if (compare.exact && (end == 0 || end != text.size())) return std::nullopt;
    if (end == 0 && automatic && blank != 0) return std::nullopt;
    const std::string_view digits = text.substr(0, end);
    if (hex && compare.little_endian && digits.size() <= 16) return turned_around(digits);
    return number_of_digits(digits, hex ? 16 : 10);
}

}  // namespace

std::optional<std::uint64_t> number_beside(const ByteCompare& compare,
                                           std::span<const std::byte> content, std::size_t at) {
    const auto place = static_cast<std::int64_t>(at) + compare.distance;
    const auto size = static_cast<std::int64_t>(content.size());
    if (place < 0 || place > size || size - place < compare.length) return std::nullopt;
    const std::string_view octets(
        reinterpret_cast<const char*>(content.data()) + static_cast<std::size_t>(place),
        compare.length);
    if (compare.base == NumberBase::binary) return binary_number(octets, compare.little_endian);
    return written_number(compare, octets);
}

}  // namespace postern::signatures
