// SPDX-License-Identifier: Apache-2.0
#include "relay/xtext.h"

namespace postern::relay {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

bool stands_for_itself(char c) {
    return c >= '!' && c <= '~' && c != '+' && c != '=';
}

}  // namespace

std::optional<std::string> decode_xtext(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '+') {
            if (!stands_for_itself(text[i])) return std::nullopt;
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const auto high = digits.find(text[i + 1]);
        const auto low = digits.find(text[i + 2]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        decoded += static_cast<char>(high << 4 | low);
        i += 2;
    }
    return decoded;
}

std::string encode_xtext(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (stands_for_itself(c)) {
            encoded += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        encoded += '+';
        encoded += digits[octet >> 4];
        encoded += digits[octet & 15];
    }
    return encoded;
}

}  // namespace postern::relay
