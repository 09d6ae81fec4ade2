// SPDX-License-Identifier: Apache-2.0
// The copy of a text in which nothing hides behind character references and escapes (carried.h).
#include "engine/html/carried.h"
#include "engine/html/eight_octets.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace postern::engine::html {

namespace {

struct Piece {
    std::size_t size = 0;  // octets of the text; 0 is nothing to decode
    char value = 0;
};

constexpr std::pair<std::string_view, char> references[] = {
    {"colon;", ':'}, {"comma;", ','}, {"semi;", ';'},   {"sol;", '/'},   {"plus;", '+'},
    {"equals;", '='}, {"Tab;", '\t'}, {"NewLine;", '\n'}, {"lowbar;", '_'}, {"percnt;", '%'},
    {"lpar;", '('},  {"rpar;", ')'},
};

// Of what URIs and base64 are made; quotes stay as they are, since they say where a string ends.
bool matters(unsigned value) {
    if (value >= 0x80) return false;
    const auto c = static_cast<std::uint8_t>(value);
    return is_letter(c) || is_digit(c) ||
           std::string_view("+/=:;,-_%()\t\n\r").find(static_cast<char>(c)) != std::string_view::npos;
}

// Up to `most` digits from `at` on.
Piece number(std::string_view text, std::size_t at, std::size_t most, int base) {
    std::size_t i = at;
    unsigned value = 0;
    for (; i < text.size() && i - at < most; ++i) {
        const int digit = hex_value(static_cast<std::uint8_t>(text[i]));
        if (digit < 0 || digit >= base) break;
        value = std::min(value * static_cast<unsigned>(base) + static_cast<unsigned>(digit), 0xffffU);
    }
    if (i == at || !matters(value)) return {};
    return {i - at, static_cast<char>(value)};
}

// Behind '&'.
Piece reference(std::string_view rest) {
    if (rest.starts_with('#')) {
        const bool hexadecimal = rest.size() > 1 && (rest[1] | 0x20) == 'x';
        const std::size_t digits = hexadecimal ? 2 : 1;
        Piece piece = number(rest, digits, 16, hexadecimal ? 16 : 10);
        if (piece.size == 0) return {};
        piece.size += digits;
        if (piece.size < rest.size() && rest[piece.size] == ';') ++piece.size;
        return piece;
    }
    for (const auto& [name, value] : references) {
        if (rest.starts_with(name)) return {name.size(), value};
    }
    return {};
}

// Behind a backslash: \x41, \u0041, \u{41}, \/, and the \41 of style sheets with the blank behind it.
Piece escape(std::string_view rest) {
    if (rest.empty()) return {};
    Piece piece;
    std::size_t before = 1;
    if (rest[0] == '/') return {1, '/'};
    if (rest[0] == 'x') {
        piece = number(rest, 1, 2, 16);
    } else if (rest.starts_with("u{")) {
        piece = number(rest, before = 2, 8, 16);
        if (piece.size != 0) ++piece.size;
    } else if (rest[0] == 'u') {
        piece = number(rest, 1, 4, 16);
    } else {
        piece = number(rest, before = 0, 6, 16);
        const std::size_t end = piece.size;
        if (end != 0 && end < rest.size() && is_blank(static_cast<std::uint8_t>(rest[end]))) ++piece.size;
    }
    if (piece.size != 0) piece.size = std::min(piece.size + before, rest.size());
    return piece;
}

std::size_t next_mark(std::string_view text, std::size_t& ampersand, std::size_t& backslash) {
    return std::min(ampersand, std::min(backslash, text.size()));
}

}  // namespace

DecodedCopy decoded_copy(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    DecodedCopy copy;
    std::size_t done = 0;
    std::size_t ampersand = text.find('&');
    std::size_t backslash = text.find('\\');
    for (std::size_t at = next_mark(text, ampersand, backslash); at < text.size();
         at = next_mark(text, ampersand, backslash)) {
        const std::string_view rest = text.substr(at + 1);
        const Piece piece = text[at] == '&' ? reference(rest) : escape(rest);
        const std::size_t behind = at + 1 + piece.size;
        if (ampersand < behind) ampersand = text.find('&', behind);
        if (backslash < behind) backslash = text.find('\\', behind);
        if (piece.size == 0) continue;
        copy.text.append(bytes.subspan(done, at - done));
        copy.at.push_back(copy.text.size());
        copy.text.append(std::as_bytes(std::span(&piece.value, 1)));
        done = behind;
    }
    if (!copy.at.empty()) copy.text.append(bytes.subspan(done));
    return copy;
}

}  // namespace postern::engine::html
