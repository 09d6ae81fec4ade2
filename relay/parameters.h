// SPDX-License-Identifier: Apache-2.0
// ESMTP parameters of MAIL and RCPT (RFC 5321 4.1.2): a table of keywords, each with the standard that says what its
// value may be. AUTH= (RFC 4954 5) is understood and not used: nobody has logged in.
#pragma once

#include "relay/envelope.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::relay {

struct Parameters {
    std::optional<std::uint64_t> size;  // RFC 1870
    Body body = Body::unspecified;      // RFC 6152
    bool smtputf8 = false;              // RFC 6531
    Return ret = Return::unspecified;   // RFC 3461
    std::string envelope_id;
    Notify notify;
    std::string original_recipient;
};

enum class ParameterFault : std::uint8_t { none, syntax, unknown, twice, value };

struct ParameterResult {
    ParameterFault fault = ParameterFault::none;
    std::string keyword;  // the one at fault, in capitals
    Parameters values;
};

enum class ParametersOf : std::uint8_t { mail, rcpt };

// `text` is what stands behind the path: empty, or a blank and parameters. Blanks at its end are no fault.
ParameterResult parse_parameters(std::string_view text, ParametersOf command);

}  // namespace postern::relay
