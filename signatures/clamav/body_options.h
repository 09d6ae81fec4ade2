// SPDX-License-Identifier: Apache-2.0
// What stands behind a body as ::i, ::w, ::a and ::f: other spellings of the same body.
#pragma once

#include "signatures/clamav/body.h"
#include "signatures/clamav/body_parser.h"

#include <string_view>
#include <vector>

namespace postern::signatures::clamav {

struct BodyOptions {
    bool caseless = false;
    bool wide = false;   // each octet is followed by a zero
    bool ascii = false;  // with wide: plain as well
    bool whole = false;  // no letter or digit stands beside it
};

// The bodies that are meant: two for wide and plain together.
struct SpelledBodies {
    std::vector<Body> bodies;
    std::optional<BodyError> error;
};
SpelledBodies spell(std::string_view text, BodyOptions options);

}  // namespace postern::signatures::clamav
