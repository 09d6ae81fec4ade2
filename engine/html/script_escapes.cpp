// SPDX-License-Identifier: Apache-2.0
// Escapes in string literals (\x41, \u0041, \n) and in what is given to unescape() (%41, %u0041).
#include "engine/html/eight_octets.h"
#include "engine/html/script_lexer.h"

#include <algorithm>

namespace postern::engine::html {

namespace {

void append_utf8(unsigned unit, std::string& out) {
    if (unit == 0) unit = 1;  // as everywhere: no NUL
    if (unit < 0x80) {
        out += static_cast<char>(unit);
    } else if (unit < 0x800) {
        out += static_cast<char>(0xc0 | unit >> 6);
        out += static_cast<char>(0x80 | (unit & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | unit >> 12);
        out += static_cast<char>(0x80 | (unit >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (unit & 0x3f));
    }
}

// What is no digit counts as 0, but at the last place sets every bit, as ClamAV reckons.
unsigned lenient_hex(std::string_view digits) {
    unsigned value = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const int digit = hex_value(static_cast<std::uint8_t>(digits[i]));
        if (digit < 0 && i + 1 == digits.size()) return ~0U;
        value = value << 4 | static_cast<unsigned>(std::max(digit, 0));
    }
    return value;
}

bool all_hex(std::string_view digits) {
    return std::all_of(digits.begin(), digits.end(),
                       [](char c) { return hex_value(static_cast<std::uint8_t>(c)) >= 0; });
}

char simple_escape(char letter) {
    switch (letter) {
        case '0': return '\1';
        case 'b': return '\b';
        case 't': return '\t';
        case 'n': return '\n';
        case 'v': return '\v';
        case 'f': return '\f';
        case 'r': return '\r';
        default: return letter;
    }
}

// One escape; `escape` begins behind the backslash. How many octets it has.
std::size_t append_escape(std::string_view escape, std::string& out) {
    if (escape[0] == 'u' && escape.size() > 4) {
        append_utf8(lenient_hex(escape.substr(1, 4)) & 0xffff, out);
        return 5;
    }
    if (escape[0] == 'x' && escape.size() > 2) {
        const auto octet = static_cast<char>(lenient_hex(escape.substr(1, 2)));
        out += octet == 0 ? '\1' : octet;
        return 3;
    }
    const bool cut = escape[0] == 'u' || escape[0] == 'x';
    out += cut ? '\\' : simple_escape(escape[0]);
    return escape[0] == 'x' ? 3 : 1;
}

}  // namespace

bool append_unquoted(std::string_view literal, std::string& out) {
    bool mended = false;
    std::size_t at = 0;
    while (at < literal.size()) {
        std::size_t stop = literal.find('\\', at);
        if (stop == std::string_view::npos || stop + 1 == literal.size()) stop = literal.size();
        out.append(literal, at, stop - at);
        if (stop == literal.size()) break;
        mended = true;
        at = stop + 1 + append_escape(literal.substr(stop + 1), out);
    }
    return mended;
}

std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.substr(at + 1);
        if (text[at] == '%' && rest.size() >= 5 && rest[0] == 'u' && all_hex(rest.substr(1, 4))) {
            append_utf8(lenient_hex(rest.substr(1, 4)), out);
            at += 5;
        } else if (text[at] == '%' && rest.size() >= 2 && all_hex(rest.substr(0, 2))) {
            const auto octet = static_cast<char>(lenient_hex(rest.substr(0, 2)));
            out += octet == 0 ? '\1' : octet;
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

}  // namespace postern::engine::html
