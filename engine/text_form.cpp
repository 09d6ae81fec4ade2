// SPDX-License-Identifier: Apache-2.0
// One table look-up an octet: what it becomes, or that it is dropped, or that it is white space.
#include "engine/text_form.h"

#include <array>
#include <cstdint>

namespace postern::engine {

namespace {

constexpr std::uint8_t dropped = 0;
constexpr std::uint8_t blank = ' ';

constexpr std::array<std::uint8_t, 256> make_table() {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0x21; c < 0x80; ++c) {
        const bool upper = c >= 'A' && c <= 'Z';
        table[c] = static_cast<std::uint8_t>(upper ? c + 0x20 : c);
    }
    for (const unsigned c : {0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20}) table[c] = blank;
    return table;
}

constexpr std::array<std::uint8_t, 256> form = make_table();

enum class Units { octets, utf16_little, utf16_big };

Units units_of(std::span<const std::byte> text) {
    if (text.size() < 2) return Units::octets;
    if (text[0] == std::byte{0xff} && text[1] == std::byte{0xfe}) return Units::utf16_little;
    if (text[0] == std::byte{0xfe} && text[1] == std::byte{0xff}) return Units::utf16_big;
    return Units::octets;
}

// The octet itself, or of a UTF-16 unit the low half when the high one is empty (else a dropped octet).
std::uint8_t narrowed(std::span<const std::byte> text, std::size_t i, Units units) {
    if (units == Units::octets) return static_cast<std::uint8_t>(text[i]);
    const std::size_t low = units == Units::utf16_little ? i : i + 1;
    const std::size_t high = units == Units::utf16_little ? i + 1 : i;
    return text[high] == std::byte{0} ? static_cast<std::uint8_t>(text[low]) : std::uint8_t{0x80};
}

}  // namespace

void append_text_form(std::span<const std::byte> text, mime::Buffer& out) {
    const Units units = units_of(text);
    const std::size_t step = units == Units::octets ? 1 : 2;
    std::byte* const begin = out.grow(text.size());
    std::byte* to = begin;
    std::uint8_t last = 'x';
    // Without branches: every octet is written, and stays when it counts. What is dropped is written over.
    for (std::size_t i = 0; i + step <= text.size(); i += step) {
        const std::uint8_t c = form[narrowed(text, i, units)];
        const bool stays = (c != dropped) & !((c == blank) & (last == blank));
        *to = std::byte{c};
        to += stays;
        last = stays ? c : last;
    }
    out.commit(static_cast<std::size_t>(to - begin));
}

}  // namespace postern::engine
