// SPDX-License-Identifier: Apache-2.0
// ClamAV's formats that are not read, and why: nothing of a source is dropped without a word.
#pragma once

#include <string_view>

namespace postern::signatures {

// A sentence's end ("phishing URLs ..."); empty: the name is of none of these.
std::string_view why_unsupported(std::string_view name);

// True for formats of potentially unwanted things (.ndu and the like).
bool is_unwanted(std::string_view name);

// How many entries a text of such a format has: lines that are neither empty nor comments, or one
// where it is no text.
std::size_t entries_of(std::string_view text);

}  // namespace postern::signatures
