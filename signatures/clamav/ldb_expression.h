// SPDX-License-Identifier: Apache-2.0
// The reader of logical expressions: "0&(1|2)>1,2".
//
// There is no precedence. Outside of parentheses the first operator divides: what stands behind it is
// one operand, so 0|1&2 is 0|(1&2) and 0&1|2 is 0&(1|2). Directly inside a pair of parentheses it is
// the last operator: (0&1|2) is (0&1)|2. This is ClamAV's reading, which signatures rely on.
#pragma once

#include "signatures/logic.h"

#include <string>
#include <string_view>

namespace postern::signatures::clamav {

// Work grows with the length times the depth of the parentheses: both are bounded.
inline constexpr std::size_t longest_expression = 8192;

struct ParsedExpression {
    Expression expression;
    const char* at = nullptr;  // of the error, into the text
    std::string error;         // a sentence; empty: none
    const char* doubtful = nullptr;  // X>=n or X=n,m stands there; both mean X=n
};

ParsedExpression parse_expression(std::string_view text);

}  // namespace postern::signatures::clamav
