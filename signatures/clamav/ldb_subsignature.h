// SPDX-License-Identifier: Apache-2.0
// One subsignature: "[offset:]hex[::options]", "[offset:]trigger/regex/flags" or
// "number(>>offset#format#comparison)".
#pragma once

#include "signatures/logical_signature.h"
#include "signatures/source_report.h"

namespace postern::signatures::clamav {

// `number`: which of its signature it is. False: it is wrong or cannot be done; `report` was told.
struct SubsignatureContext {
    std::size_t number = 0;
    Target target = Target::any;
};
bool read_subsignature(std::string_view text, SubsignatureContext context, SourceReport& report,
                       Subsignature& out);

}  // namespace postern::signatures::clamav
