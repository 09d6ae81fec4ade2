// SPDX-License-Identifier: Apache-2.0
// The alphabet of base64 (RFC 2045 table 1) and the tables that decoders make of it at compile
// time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace postern::mime::base64 {

inline constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What an octet is, where it is no sextet.
inline constexpr std::uint8_t padding = 64;
inline constexpr std::uint8_t line_end = 65;
inline constexpr std::uint8_t junk = 66;

consteval std::array<std::uint8_t, 256> make_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(junk);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    values['='] = padding;
    values['\r'] = values['\n'] = line_end;
    return values;
}

inline constexpr std::array<std::uint8_t, 256> values = make_values();

}  // namespace postern::mime::base64
