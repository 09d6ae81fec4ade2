// SPDX-License-Identifier: Apache-2.0
// Defects: what the standards forbid and a message did all the same.
//
// Hostile or broken mail is data, never an error: the parser always returns a tree, and beside it
// the list of what was wrong. Each kind of defect is one row of a table: a code that machines read
// and a sentence that people read.
#pragma once

#include "mime/range.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace postern::mime {

enum class DefectCode : std::uint8_t;  // the rows of the table, see defect_codes.h

struct Defect {
    DefectCode code;
    ByteRange where;  // in the bytes that were parsed; empty when it has no place
    bool operator==(const Defect&) const = default;
};

using Defects = std::vector<Defect>;

// "duplicate-content-type"; stable, for logs and tests.
std::string_view code_of(DefectCode code);
// "The entity has more than one Content-Type field, and readers choose differently."
std::string_view sentence_of(DefectCode code);

}  // namespace postern::mime
