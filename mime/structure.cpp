// SPDX-License-Identifier: Apache-2.0
// Which finder is asked, and when GMime may be.
#include "mime/structure.h"

namespace postern::mime {

namespace {

// So many parts, delimiter-like lines or fields cost GMime some 50 ms; honest mail seldom has as
// many.
constexpr std::size_t light = 4096;
constexpr std::size_t largest = 1024 * 1024;

bool is_rare(std::string_view text, char needle) {
    std::size_t count = 0;
    for (std::size_t at = text.find(needle); at != std::string_view::npos;
         at = text.find(needle, at + 1)) {
        if (++count > light) return false;
    }
    return true;
}

}  // namespace

bool is_light_for_gmime(std::string_view text) {
    // Every delimiter begins with '-', every field has a ':'.
    return text.size() <= largest && is_rare(text, '-') && is_rare(text, ':');
}

}  // namespace postern::mime
