// SPDX-License-Identifier: Apache-2.0
#include "engine/text_form.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

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

// Eight octets at once, where they are plain: printable ASCII without two blanks beside each other. That is
// most of prose and nearly all of markup, so the table is asked for line ends and indentations alone.
class EightOctets {
public:
    explicit EightOctets(const std::byte* from) { std::memcpy(&octets_, from, sizeof octets_); }

    bool are_plain(bool after_blank) const {
        if ((octets_ & high) != 0) return false;
        if ((((octets_ | high) - 0x20 * ones) & high) != high) return false;  // one is below a blank
        const std::uint64_t blanks = ~((octets_ ^ 0x20 * ones) + 0x7f * ones) & high;
        return (blanks & (blanks << 8)) == 0 && !(after_blank && (blanks & 0x80) != 0);
    }

    // REQUIRES: are_plain.
    void write_lower_case(std::byte* to) const {
        const std::uint64_t from_a = octets_ + (0x80 - 'A') * ones;
        const std::uint64_t beyond_z = octets_ + (0x7f - 'Z') * ones;
        const std::uint64_t lower = octets_ | (from_a & ~beyond_z & high) >> 2;
        std::memcpy(to, &lower, sizeof lower);
    }

private:
    static_assert(std::endian::native == std::endian::little, "the first octet is the lowest");
    static constexpr std::uint64_t ones = 0x0101010101010101;
    static constexpr std::uint64_t high = 0x80 * ones;
    std::uint64_t octets_;
};

// The form of octets, written octet by octet or eight at a time.
class Writer {
public:
    explicit Writer(std::byte* to) : to_(to) {}

    void octet(std::uint8_t c) {
        const std::uint8_t formed = form[c];
        if (formed == dropped || (formed == blank && after_blank_)) return;
        *to_++ = std::byte{formed};
        after_blank_ = formed == blank;
    }

    bool eight(const std::byte* from) {
        const EightOctets octets(from);
        if (!octets.are_plain(after_blank_)) return false;
        octets.write_lower_case(to_);
        to_ += 8;
        after_blank_ = from[7] == std::byte{blank};
        return true;
    }

    std::byte* position() const { return to_; }

private:
    std::byte* to_;
    bool after_blank_ = false;
};

void write_octets(std::span<const std::byte> text, Writer& writer) {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        if (writer.eight(text.data() + i)) continue;
        for (std::size_t k = i; k < i + 8; ++k) writer.octet(static_cast<std::uint8_t>(text[k]));
    }
    for (; i < text.size(); ++i) writer.octet(static_cast<std::uint8_t>(text[i]));
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
    std::byte* const begin = out.grow(text.size());
    Writer writer(begin);
    switch (units_of(text)) {
        case Units::octets: write_octets(text, writer); break;
        case Units::utf16_little: write_utf16(text, 0, writer); break;
        case Units::utf16_big: write_utf16(text, 1, writer); break;
    }
    out.commit(static_cast<std::size_t>(writer.position() - begin));
}

}  // namespace postern::engine
