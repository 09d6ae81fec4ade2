// SPDX-License-Identifier: Apache-2.0
// Patterns of member names: POSIX extended regular expressions, unanchored, with (?i) in front for
// either case. They are read here and written anew for Hyperscan, so that its own, richer language
// never shows through: "\d" is a d, as POSIX has it.
//
// Limits: groups nest up to 32 deep, a repetition counts up to 255, and written out the pattern has
// up to 4,096 places.
#pragma once

#include <string>
#include <string_view>

namespace postern::signatures::clamav {

struct NamePattern {
    std::string expression;
    const char* error_at = nullptr;  // into the text
    std::string error;               // a sentence; empty: none
    const char* doubtful = nullptr;  // where \d or the like stands, which means a letter here
};

NamePattern parse_name_pattern(std::string_view text);

}  // namespace postern::signatures::clamav
