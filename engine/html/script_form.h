// SPDX-License-Identifier: Apache-2.0
// The form in which signatures for HTML and for text (targets 3 and 7) look at the scripts of a page: white
// space and comments gone, declared names numbered, strings joined and decoded, letters lower-case. As
// ClamAV's normaliser makes it. Linear time but for a limited number of walks (script_decoders.h).
#pragma once

#include "mime/buffer.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace postern::engine::html {

struct ScriptForm {
    mime::Buffer form;
    // String literals of 16 octets and more that do not stand like this in the page: joined from pieces,
    // or with their escapes decoded, those of unescape() too. Nobody else sees what they carry (carried.h).
    std::vector<std::string> mended;
};

// Adds one script; several of a page stand one a line. What lies beyond 32 MiB of a script is left out.
void append_script_form(std::span<const std::byte> script, ScriptForm& out);

inline constexpr std::size_t longest_script = 32 << 20;

}  // namespace postern::engine::html
