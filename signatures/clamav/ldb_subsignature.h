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

// A body subsignature divided. ClamAV divides at colons and goes by how many there are; of more than
// three only what stands before the first is a body, without offset and options.
struct SubsignatureText {
    std::string_view offset;  // empty: none
    std::string_view body;
    std::string_view options;  // letters; empty: none
    const char* passed_over = nullptr;  // from here on nothing counts
};
SubsignatureText divide_subsignature(std::string_view text);

}  // namespace postern::signatures::clamav
