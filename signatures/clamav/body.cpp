// SPDX-License-Identifier: Apache-2.0
// Widths: bounded by the length of the source line, since nothing in the language multiplies.
#include "signatures/clamav/body.h"

#include <algorithm>

namespace postern::signatures::clamav {

namespace {

Width width_of_choices(const std::vector<Sequence>& choices) {
    Width width{std::numeric_limits<std::uint64_t>::max(), 0};
    for (const Sequence& choice : choices) {
        const Width one = width_of(choice);
        width.min = std::min(width.min, one.min);
        width.max = std::max(width.max, one.max);
    }
    return width;
}

}  // namespace

Width width_of(const Element& element) {
    switch (element.kind) {
        case ElementKind::literal:
        case ElementKind::masked:
            return {element.octets.size(), element.octets.size()};
        case ElementKind::skip:
            return {element.count, element.count};
        case ElementKind::alternatives:
            return width_of_choices(element.choices);
        case ElementKind::look_behind:
        case ElementKind::look_ahead:
        case ElementKind::near_before:
        case ElementKind::near_after:
            return {0, 0};
        case ElementKind::consume:
            break;
    }
    // A line marker takes LF or CR LF; its negation and the other classes take one octet.
    const bool line = element.character_class == CharacterClass::line_marker && !element.negated;
    return {1, line ? 2u : 1u};
}

Width width_of(const Sequence& sequence) {
    Width width;
    for (const Element& element : sequence) {
        const Width one = width_of(element);
        width.min += one.min;
        width.max += one.max;
    }
    return width;
}

std::string fixed_octets(const Sequence& sequence, std::size_t offset, std::size_t count) {
    std::size_t position = 0;
    for (const Element& element : sequence) {
        const Width width = width_of(element);
        if (!width.fixed() || position > offset) break;
        if (offset < position + width.max) {
            const bool inside =
                element.kind == ElementKind::literal && offset + count <= position + width.max;
            return inside ? element.octets.substr(offset - position, count) : std::string();
        }
        position += width.max;
    }
    return {};
}

}  // namespace postern::signatures::clamav
