// SPDX-License-Identifier: Apache-2.0
// BodySignature: one rule that looks for a pattern of octets, as a source said it.
#pragma once

#include "signatures/clamav/body.h"
#include "signatures/offset.h"
#include "signatures/target.h"

#include <string>
#include <string_view>

namespace postern::signatures {

struct BodySignature {
    std::string line;  // of the source, whole; it begins with the name
    std::size_t name_length = 0;
    Target target = Target::any;
    Offset offset;  // of the first octet of the first part
    clamav::Body body;

    std::string_view name() const { return std::string_view(line).substr(0, name_length); }
};

}  // namespace postern::signatures
