// SPDX-License-Identifier: Apache-2.0
// The literal that every match of a regular expression holds: looking for it first spares the regex.
//
// Classes in a row and a file's extension, as signatures for names are written, cost a regex engine a
// start at every octet; the extension alone is searched at memory speed, and once for all of them.
//
// Pure functions; thread-safe.
#pragma once

#include "signatures/regex.h"

#include <string>
#include <string_view>

namespace postern::signatures {

inline constexpr std::size_t least_required = 3;
inline constexpr std::size_t most_required = 32;

// The longest such literal of `least_required` octets or more; empty: none is known. It stands in every
// match, in that spelling or (RegexFlag::caseless) in another. Never wrong, sometimes silent: what it does
// not understand it gives up on.
std::string required_literal(std::string_view regex, RegexFlags flags);

}  // namespace postern::signatures
