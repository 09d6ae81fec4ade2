// SPDX-License-Identifier: Apache-2.0
// Blocks are judged one by one and neighbours of a kind joined; a block that is no text mostly
// shows it in its first octets.
#include "signatures/alphabet.h"

#include <algorithm>

namespace postern::signatures {

namespace {

constexpr std::size_t block = 1024;
constexpr std::size_t first_look = 64;
// A shorter stretch between others costs more calls than it spares octets.
constexpr std::size_t least_text = 2 * block;

constexpr bool is_text(std::uint8_t c) {
    return static_cast<std::uint8_t>(c - 0x20) < 0x60 || static_cast<std::uint8_t>(c - 0x09) < 5;
}

// Without a branch for each octet, so that the compiler makes vectors of it.
bool all_text(const std::byte* octets, std::size_t count) {
    std::uint8_t strange = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto c = static_cast<std::uint8_t>(octets[i]);
        strange |= static_cast<std::uint8_t>(!is_text(c));
    }
    return strange == 0;
}

Alphabet alphabet_of(const std::byte* octets, std::size_t count) {
    const std::size_t first = std::min(first_look, count);
    const bool text = all_text(octets, first) && all_text(octets + first, count - first);
    return text ? Alphabet::text : Alphabet::octets;
}

// The same kind as the one before, or a new one.
void append(std::vector<Stretch>& out, Stretch next) {
    if (!out.empty() && out.back().alphabet == next.alphabet) {
        out.back().end = next.end;
    } else {
        out.push_back(next);
    }
}

}  // namespace

bool consists_of(std::string_view octets, Alphabet alphabet) {
    return std::all_of(octets.begin(), octets.end(), [alphabet](char octet) {
        const auto c = static_cast<std::uint8_t>(octet);
        switch (alphabet) {
            case Alphabet::octets: return true;
            case Alphabet::text: return is_text(c);
            case Alphabet::folded: return c >= 0x20 && c < 0x80 && !(c >= 'A' && c <= 'Z');
        }
        return true;
    });
}

void find_stretches(std::span<const std::byte> content, std::size_t begin, std::size_t end,
                    std::vector<Stretch>& out) {
    out.clear();
    for (std::size_t at = begin; at < end; at += block) {
        const std::size_t next = std::min(end, at + block);
        append(out, {at, next, alphabet_of(content.data() + at, next - at)});
    }
    if (out.size() < 2) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        Stretch stretch = out[i];
        if (stretch.end - stretch.begin < least_text) stretch.alphabet = Alphabet::octets;
        if (kept > 0 && out[kept - 1].alphabet == stretch.alphabet) {
            out[kept - 1].end = stretch.end;
        } else {
            out[kept++] = stretch;
        }
    }
    out.resize(kept);
}

}  // namespace postern::signatures
