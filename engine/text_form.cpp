// SPDX-License-Identifier: Apache-2.0
#include "engine/text_form.h"

#include "engine/text_form_simd.h"

#include <array>
#include <cstdint>

namespace postern::engine {

namespace {

constexpr std::uint8_t dropped = 0;
constexpr std::uint8_t blank = ' ';

// What an octet becomes: itself or its lower case, a blank, or nothing.
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

// The form of octets, written one by one, after the kernel wrote whole blocks of them.
class Writer {
public:
    explicit Writer(std::byte* to) : to_(to) {}

    void octet(std::uint8_t c) {
        const std::uint8_t formed = form[c];
        if (formed == dropped || (formed == blank && after_blank_)) return;
        *to_++ = std::byte{formed};
        after_blank_ = formed == blank;
    }

    // How many octets the kernel took.
    std::size_t blocks(std::span<const std::byte> text) {
        const auto [consumed, written, after_blank] =
            form_text_blocks({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                             reinterpret_cast<std::uint8_t*>(to_),
                             after_blank_ ? AfterBlank::yes : AfterBlank::no);
        to_ += written;
        after_blank_ = after_blank == AfterBlank::yes;
        return consumed;
    }

    std::byte* position() const { return to_; }

private:
    std::byte* to_;
    bool after_blank_ = false;
};

void write_octets(std::span<const std::byte> text, Writer& writer) {
    for (std::size_t i = writer.blocks(text); i < text.size(); ++i) {
        writer.octet(static_cast<std::uint8_t>(text[i]));
    }
}

// Of each unit the low half, when the high one is empty; else an octet that is dropped.
void write_utf16(std::span<const std::byte> text, std::size_t low, Writer& writer) {
    for (std::size_t i = 0; i + 2 <= text.size(); i += 2) {
        const bool narrow = text[i + 1 - low] == std::byte{0};
        writer.octet(narrow ? static_cast<std::uint8_t>(text[i + low]) : std::uint8_t{0x80});
    }
}

}  // namespace

void append_text_form(std::span<const std::byte> text, mime::Buffer& out) {
    std::byte* const begin = out.grow(text.size() + text_form_slack);
    Writer writer(begin);
    switch (units_of(text)) {
        case Units::octets: write_octets(text, writer); break;
        case Units::utf16_little: write_utf16(text, 0, writer); break;
        case Units::utf16_big: write_utf16(text, 1, writer); break;
    }
    out.commit(static_cast<std::size_t>(writer.position() - begin));
}

}  // namespace postern::engine
