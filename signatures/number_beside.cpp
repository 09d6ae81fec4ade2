// SPDX-License-Identifier: Apache-2.0
// Digits: blanks before them are passed over, the first octet that is no digit ends them. Exact ones
// are digits all through. Of hexadecimal ones in little-endian order, pairs are turned around, in
// ClamAV's way: what is no pair of digits makes itself and all behind it zeros.
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

std::optional<std::uint64_t> number_of_digits(std::string_view digits, unsigned base) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        const auto digit = static_cast<unsigned>(clamav::hex_digit(c));
        if (value > (~std::uint64_t{0} - digit) / base) return std::nullopt;
        value = value * base + digit;
    }
    return value;
}

bool is_kept(char c) { return clamav::hex_digit(c) >= 0 || c == 'x' || c == 'X'; }

// Pairs in the reverse order. A pair that is no pair of digits, and all behind it, count as zeros; an x
// is kept, as the prefix has one.
std::string turned_around(std::string_view text) {
    const bool prefixed = text.size() > 2 && (text.starts_with("0x") || text.starts_with("0X"));
    std::string even(text.size() % 2, '0');
    even += text;
    if (prefixed) {
        if (text.size() % 2 != 0) even[2] = '0';
        even[0] = 'x';
    }
    std::size_t good = 0;
    while (good < even.size() && is_kept(even[good]) && is_kept(even[good + 1])) good += 2;
    std::string turned(even.size() - good, '0');
    for (std::size_t at = good; at > 0; at -= 2) turned += even.substr(at - 2, 2);
    return turned;
}

// What is exact must be read to its end, as long as it was before it was turned around.
std::optional<std::uint64_t> little_endian_number(const ByteCompare& compare, std::string_view text) {
    const std::string turned = text.size() == 1 ? std::string(text) : turned_around(text);
    std::string_view digits = turned;
    const bool prefixed = digits.size() > 2 && clamav::hex_digit(digits[2]) >= 0 && take_hex_prefix(digits);
    const std::size_t end =
        std::min(digits.find_first_not_of("0123456789abcdefABCDEF"), digits.size());
    if (compare.exact && end + (prefixed ? 2 : 0) != text.size()) return std::nullopt;
    return number_of_digits(digits.substr(0, end), 16);
}

// Where no digit stands, what need not be exact is zero.
std::optional<std::uint64_t> written_number(const ByteCompare& compare, std::string_view text) {
    const bool automatic = compare.base == NumberBase::automatic;
    const std::size_t blank = std::min(text.find_first_not_of(blanks), text.size());
    if (compare.exact && blank != 0) return std::nullopt;
    text.remove_prefix(blank);
    if (automatic && text.size() < 3) return std::nullopt;  // too short to tell; ClamAV does not either
    const std::string_view whole = text;
    const bool prefixed = compare.base != NumberBase::decimal && take_hex_prefix(text);
    const bool hex = compare.base == NumberBase::hexadecimal || prefixed;
    if (compare.little_endian) return hex ? little_endian_number(compare, whole) : std::nullopt;
    const std::size_t end = std::min(
        text.find_first_not_of(hex ? "0123456789abcdefABCDEF" : "0123456789"), text.size());
    if (compare.exact && (end == 0 || end != text.size())) return std::nullopt;
    return number_of_digits(text.substr(0, end), hex ? 16 : 10);
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
