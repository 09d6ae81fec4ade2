// SPDX-License-Identifier: Apache-2.0
// The choice between the two finders.
#include "mime/structure.h"

namespace postern::mime {

namespace {

// So many parts, delimiter-like lines or fields cost GMime some 50 ms; honest mail seldom has as many.
constexpr std::size_t light = 4096;
// Beyond this the finder of our own is worth it for its speed (8.6 against 2.7 GB/s on an 80 MB message).
constexpr std::size_t largest = 1024 * 1024;

// Base64 contains neither of the needles asked for, so attachments are passed at the speed of memchr.
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
    return text.size() <= largest && is_rare(text, '-') && is_rare(text, ':');
}

std::optional<StructureNode> find_structure(std::string_view text, std::size_t begin,
                                            const ParseLimits& limits) {
    return is_light_for_gmime(text) ? find_structure_by_gmime(text, begin, limits)
                                    : find_structure_by_lines(text, begin, limits);
}

}  // namespace postern::mime
