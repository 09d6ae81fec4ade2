// SPDX-License-Identifier: Apache-2.0
// Byte comparisons of logical signatures: "0(>>8#ib4#>100,<2000)".
//
// Behind or before (<<) the last match of subsignature 0 stands a number: h hexadecimal, d decimal,
// a one of both (0x tells), i octets; b or l for the order of octets; e for "all of it"; so many
// octets. It is compared with one number or two.
#pragma once

#include "signatures/logical_signature.h"

#include <string>
#include <string_view>

namespace postern::signatures::clamav {

struct ParsedByteCompare {
    ByteCompare compare;
    std::string error;  // a sentence; empty: none
};

bool is_byte_compare(std::string_view text);
ParsedByteCompare parse_byte_compare(std::string_view text);

}  // namespace postern::signatures::clamav
