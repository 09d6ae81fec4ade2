// SPDX-License-Identifier: Apache-2.0
// The choice between the two finders.
#include "mime/structure.h"

#include <limits>

namespace postern::mime {

namespace {

// So many parts, delimiter-like lines or fields cost GMime some 50 ms; honest mail seldom has as many.
constexpr std::size_t light = 4096;
// GMime counts an array in 32 bits.
constexpr std::size_t largest = std::numeric_limits<unsigned>::max();

// Whether `needle` stands in the text no more than `light` times. Base64 contains neither of the two that
// are asked for, so large attachments are passed at the speed of memchr.
bool is_rare(std::string_view text, char needle) {
    std::size_t count = 0;
    for (std::size_t at = text.find(needle); at != std::string_view::npos; at = text.find(needle, at + 1)) {
        if (++count > light) return false;
    }
    return true;
}

}  // namespace

bool is_light_for_gmime(std::string_view text) {
    // Every delimiter begins with '-', every field has a ':'.
    return text.size() < largest && is_rare(text, '-') && is_rare(text, ':');
}

std::optional<StructureNode> find_structure(std::string_view text, std::size_t begin,
                                            const ParseLimits& limits) {
    return is_light_for_gmime(text) ? find_structure_by_gmime(text, begin, limits)
                                    : find_structure_by_lines(text, begin, limits);
}

}  // namespace postern::mime
