// SPDX-License-Identifier: Apache-2.0
// Both readers refuse anything but digits: no sign, no blank, no prefix.
#include "signatures/clamav/hex.h"

#include <charconv>

namespace postern::signatures::clamav {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return value;
}

bool parse_hex(std::string_view text, std::uint8_t* out) {
    // A digit that is none is negative, and stays so in the sum of all: one test at the end.
    int all = 0;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        all |= high | low;
        out[i / 2] = static_cast<std::uint8_t>((high & 15) << 4 | (low & 15));
    }
    return all >= 0 && text.size() % 2 == 0;
}

std::string to_hex(std::string_view octets) {
    std::string hex;
    for (const char octet : octets) {
        hex += "0123456789abcdef"[static_cast<unsigned char>(octet) >> 4];
        hex += "0123456789abcdef"[static_cast<unsigned char>(octet) & 15];
    }
    return hex;
}

}  // namespace postern::signatures::clamav
