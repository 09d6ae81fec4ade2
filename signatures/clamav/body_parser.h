// SPDX-License-Identifier: Apache-2.0
// The reader of ClamAV's hex body language: text in, Body out, or one sentence about what is wrong.
//
// The language is read as documented. Where ClamAV's own reader takes something that has no
// sensible meaning ({}, {5-2}), this one refuses it; where ClamAV refuses what can be matched
// exactly (a part without two fixed octets in a row), this one takes it: the slow lane is there for
// that.
//
// Limits: the depth of alternatives is `max_depth`, distances are below 2^32. Work and memory are
// linear in the length of the text.
#pragma once

#include "signatures/clamav/body.h"

#include <optional>
#include <string_view>

namespace postern::signatures::clamav {

inline constexpr int max_depth = 15;
inline constexpr std::uint32_t max_bracket_gap = 32;

struct BodyError {
    const char* at = nullptr;  // into the text
    std::string message;
};

struct ParsedBody {
    Body body;
    std::optional<BodyError> error;  // then `body` means nothing
};

ParsedBody parse_body(std::string_view text);

}  // namespace postern::signatures::clamav
