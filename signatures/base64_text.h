// SPDX-License-Identifier: Apache-2.0
// What encoded text can hold. Most parts have an octet that base64 text has not, so inside such
// text they match only near its border, where that octet still lies outside.
#pragma once

#include "signatures/clamav/body.h"

#include <cstddef>
#include <limits>
#include <string_view>

namespace postern::signatures {

// True for A-Z a-z 0-9 + / = CR LF: what base64 text consists of.
bool is_base64_text(std::string_view octets);

// Octets of a part: `width` of them from `begin`.
struct Window {
    std::size_t begin = 0;
    std::size_t width = 0;
};

inline constexpr std::size_t anywhere_inside = std::numeric_limits<std::size_t>::max();

// How long a stretch of a match holds both the anchor and an octet that is not base64 text: at
// most so many octets, whatever the match. `anywhere_inside`: base64 text can hold all of it.
std::size_t reach_out_of_base64(const clamav::Sequence& part, Window anchor);

}  // namespace postern::signatures
