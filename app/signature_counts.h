// SPDX-License-Identifier: Apache-2.0
// What a set holds and what was left out of it: the one list of both, for people and for programs.
#pragma once

#include "signatures/signature_set.h"

#include <span>
#include <string>

namespace postern::app {

struct CountRow {
    const char* key;    // in JSON
    const char* words;  // behind the number
    std::size_t signatures::SetStatistics::* count;
};

// Signatures in force, by kind.
std::span<const CountRow> kinds();
// Lines and signatures that are not.
std::span<const CountRow> left_out();

// "3 body signatures, 1 YARA rule"; what there is none of is not named. Empty: there is nothing.
std::string in_words(std::span<const CountRow> rows, const signatures::SetStatistics& counts);

// Whether a line was left out that its writer meant to be looked for.
inline bool is_lossy(const signatures::SetStatistics& counts) {
    return counts.errors != 0 || counts.unsupported != 0;
}

}  // namespace postern::app
