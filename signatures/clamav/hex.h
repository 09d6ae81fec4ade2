// SPDX-License-Identifier: Apache-2.0
// Hexadecimal digits and decimal numbers as signature sources write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::signatures::clamav {

// 0 to 15, or -1. A table would be faster for nothing: parsing is a small part of building.
inline int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The whole text as a decimal number; nothing when it is none or does not fit.
std::optional<std::uint64_t> parse_number(std::string_view text);

// Reads 2 * `size` hex digits into `out`. False: something else stood there, `text` says where.
bool parse_hex(std::string_view text, std::uint8_t* out);

}  // namespace postern::signatures::clamav
