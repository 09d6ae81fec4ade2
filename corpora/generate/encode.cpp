// SPDX-License-Identifier: Apache-2.0
// Plain encoders; base64 is the one that most octets pass, so it writes into room made once.
#include "corpora/generate/encode.h"

#include <algorithm>

namespace postern::corpora {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex = "0123456789ABCDEF";
constexpr std::size_t octets_in_line = 57;

unsigned octet(char c) {
    return static_cast<unsigned char>(c);
}

char* write_quanta(std::string_view octets, char* out) {
    std::size_t i = 0;
    for (; i + 3 <= octets.size(); i += 3) {
        const unsigned bits =
            octet(octets[i]) << 16 | octet(octets[i + 1]) << 8 | octet(octets[i + 2]);
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        *out++ = alphabet[bits >> 6 & 63];
        *out++ = alphabet[bits & 63];
    }
    if (i == octets.size()) return out;
    const bool two = octets.size() - i == 2;
    const unsigned bits = octet(octets[i]) << 16 | (two ? octet(octets[i + 1]) << 8 : 0);
    *out++ = alphabet[bits >> 18];
    *out++ = alphabet[bits >> 12 & 63];
    *out++ = two ? alphabet[bits >> 6 & 63] : '=';
    *out++ = '=';
    return out;
}

std::string base64_in_one_line(std::string_view octets) {
    std::string out((octets.size() + 2) / 3 * 4, '\0');
    write_quanta(octets, out.data());
    return out;
}

void append_hex(std::string& out, char prefix, char c) {
    out += prefix;
    out += hex[octet(c) >> 4];
    out += hex[octet(c) & 15];
}

// The longest beginning of at most `most` octets that does not cut a UTF-8 character.
std::string_view whole_characters(std::string_view utf8, std::size_t most) {
    if (utf8.size() <= most) return utf8;
    while (most > 0 && (octet(utf8[most]) & 0xc0) == 0x80) --most;
    return utf8.substr(0, most);
}

char uu_character(unsigned six_bits) {
    return six_bits ? static_cast<char>(' ' + six_bits) : '`';
}

}  // namespace

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return octet(c) < 0x80; });
}

void append_base64(std::string& out, std::string_view octets) {
    const std::size_t lines = (octets.size() + octets_in_line - 1) / octets_in_line;
    const std::size_t begin = out.size();
    out.resize(begin + (octets.size() + 2) / 3 * 4 + 2 * lines);
    char* at = out.data() + begin;
    for (std::size_t i = 0; i < octets.size(); i += octets_in_line) {
        at = write_quanta(octets.substr(i, octets_in_line), at);
        *at++ = '\r';
        *at++ = '\n';
    }
}

std::string decoded_base64(std::string_view text) {
    std::string out;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) continue;
        bits = bits << 6 | static_cast<unsigned>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 0xff);
    }
    return out;
}

std::string quoted_printable(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            out += "\r\n";
            column = 0;
            ++i;
            continue;
        }
        const bool before_end = i + 1 == text.size() || text[i + 1] == '\r';
        const bool plain = (c > ' ' && c < 127 && c != '=') || (c == ' ' && !before_end);
        if (column + (plain ? 1 : 3) > 75) {
            out += "=\r\n";
            column = 0;
        }
        if (plain) {
            out += c;
        } else {
            append_hex(out, '=', c);
        }
        column += plain ? 1 : 3;
    }
    return out;
}

std::string uuencode(std::string_view octets, std::string_view name) {
    std::string out = "begin 644 " + std::string(name) + "\r\n";
    for (std::size_t i = 0; i < octets.size(); i += 45) {
        const std::string_view line = octets.substr(i, 45);
        out += uu_character(static_cast<unsigned>(line.size()));
        for (std::size_t k = 0; k < line.size(); k += 3) {
            const auto at = [&](std::size_t n) {
                return k + n < line.size() ? octet(line[k + n]) : 0;
            };
            const unsigned bits = at(0) << 16 | at(1) << 8 | at(2);
            for (const unsigned shift : {18u, 12u, 6u, 0u}) out += uu_character(bits >> shift & 63);
        }
        out += "\r\n";
    }
    return out + "`\r\nend\r\n";
}

std::string header_text(std::string_view utf8) {
    if (is_ascii(utf8)) return std::string(utf8);
    std::string out;
    while (!utf8.empty()) {
        const std::string_view word = whole_characters(utf8, 42);
        if (!out.empty()) out += "\r\n ";
        out += "=?UTF-8?B?" + base64_in_one_line(word) + "?=";
        utf8.remove_prefix(word.size());
    }
    return out;
}

std::string parameter(std::string_view name, std::string_view utf8) {
    std::string out = ";\r\n\t" + std::string(name);
    if (is_ascii(utf8)) return out + "=\"" + std::string(utf8) + '"';
    out += "*=UTF-8''";
    for (const char c : utf8) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                           (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
        if (plain) {
            out += c;
        } else {
            append_hex(out, '%', c);
        }
    }
    return out;
}

std::string split_parameter(std::string_view name, std::string_view ascii) {
    const std::size_t half = ascii.size() / 2;
    const auto piece = [&](const char* number, std::string_view text) {
        return ";\r\n\t" + std::string(name) + number + "=\"" + std::string(text) + '"';
    };
    return piece("*0", ascii.substr(0, half)) + piece("*1", ascii.substr(half));
}

}  // namespace postern::corpora
