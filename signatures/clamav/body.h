// SPDX-License-Identifier: Apache-2.0
// Body: a pattern of octets in ClamAV's hex language, as a tree.
//
// A body is a row of parts with a distance between each two. A part is a sequence of elements that
// stand next to each other. Body signatures are one body; a logical signature will be many.
//
// Invariants (of what parse_body() returns)
//  (1) There is at least one part; the first one's gap means nothing.
//  (2) Neighbouring literal elements are one; so a pure literal is one part of one element.
//  (3) Alternatives under a negation are literals of one common length.
//  (4) An octet in brackets, x[n-m]SIG, is no part of its own: distances and offsets count from
//  SIG. (5) An alternative holds no character class; only the last of
//  several can be empty, and a part takes one octet at least.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace postern::signatures::clamav {

enum class ElementKind : std::uint8_t {
    literal,       // `octets`
    masked,        // `octets`, compared where `mask` has bits: nibbles and ??
    skip,          // `count` octets, whatever they are
    alternatives,  // one of `choices`
    look_behind,   // a class that looks at what stands before, at the left edge of a part
    look_ahead,    // a class that looks at what follows, at the right edge
    consume,       // a class elsewhere: takes octets
    near_before,   // x[n-m]: the octet stands `near` octets before here; takes none
    near_after,    // [n-m]x: the same, behind here
};

enum class CharacterClass : char {
    word_boundary = 'B',
    line_marker = 'L',
    non_alphanumeric = 'W',
    wide_non_alphanumeric = 'w',  // beside a part whose octets are followed by zeros
};

inline constexpr std::uint32_t no_limit = std::numeric_limits<std::uint32_t>::max();

// How many octets lie between the end of the part before and the start of this one.
struct Gap {
    std::uint32_t min = 0;
    std::uint32_t max = 0;  // no_limit: any number
    bool operator==(const Gap&) const = default;
};

struct Element;
using Sequence = std::vector<Element>;

struct Element {
    ElementKind kind = ElementKind::literal;
    CharacterClass character_class = CharacterClass::word_boundary;
    bool negated = false;
    std::uint32_t count = 0;
    Gap near;
    std::string octets;
    std::string mask;
    std::vector<Sequence> choices;
};

struct Part {
    Gap gap;
    Sequence elements;
};

struct Body {
    std::vector<Part> parts;
};

// True for a body that is nothing but one run of octets.
inline bool is_pure_literal(const Body& body) {
    return body.parts.size() == 1 && body.parts[0].elements.size() == 1 &&
           body.parts[0].elements[0].kind == ElementKind::literal;
}

// Octets that an element or a sequence can take: from, to. A zero-width class takes none.
struct Width {
    std::uint64_t min = 0;
    std::uint64_t max = 0;
    bool fixed() const { return min == max; }
};
Width width_of(const Element& element);
Width width_of(const Sequence& sequence);

// The `count` octets at `offset` of the sequence, when they are the same in every match; else
// empty.
std::string fixed_octets(const Sequence& sequence, std::size_t offset, std::size_t count);

}  // namespace postern::signatures::clamav
