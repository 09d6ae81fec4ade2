// SPDX-License-Identifier: Apache-2.0
// The offset field of a body signature: * n EOF-n EP+n EP-n Sx+n SL+n SEx VI, all but * and VI with
// ,shift.
#pragma once

#include "signatures/offset.h"
#include "signatures/target.h"

#include <optional>
#include <string>
#include <string_view>

namespace postern::signatures::clamav {

struct ParsedOffset {
    Offset offset;
    std::string error;        // a sentence; empty: none
    std::string unsupported;  // a sentence; the field is right, but we cannot do it
};

ParsedOffset parse_offset(std::string_view text, Target target);

}  // namespace postern::signatures::clamav
