// SPDX-License-Identifier: Apache-2.0
// What a scan leaves behind for finish().
#pragma once

#include "signatures/matcher.h"
#include "signatures/sweep.h"

namespace postern::signatures {

struct FoundRow {
    std::uint32_t signature = 0;
    Found where;
};

struct Candidates::Data {
    std::vector<FoundRow> found;  // whole matches; a signature may stand here more than once
    std::vector<std::uint32_t> candidates;  // signatures of which one part was seen; the same
};

}  // namespace postern::signatures
