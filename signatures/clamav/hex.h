// SPDX-License-Identifier: Apache-2.0
// Hexadecimal digits and decimal numbers as signature sources write them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::signatures::clamav {

// 0 to 15, or -1.
inline int hex_digit(char c) {
    static constexpr std::array<std::int8_t, 256> values = [] {
        std::array<std::int8_t, 256> table{};
        table.fill(-1);
        for (std::int8_t i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = i;
        for (std::int8_t i = 0; i < 6; ++i) {
            table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
            table[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
        }
        return table;
    }();
    return values[static_cast<unsigned char>(c)];
}

// The whole text as a decimal number; nothing when it is none or does not fit.
std::optional<std::uint64_t> parse_number(std::string_view text);

// Reads 2 * `size` hex digits into `out`. False: something else stood there, `text` says where.
bool parse_hex(std::string_view text, std::uint8_t* out);

// Two lower-case digits for each octet.
std::string to_hex(std::string_view octets);

}  // namespace postern::signatures::clamav
