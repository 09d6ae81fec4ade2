// SPDX-License-Identifier: Apache-2.0
// The import table of a PE as one text, whose digest names programs that are linked alike:
// "library.function" for every import in the order of the table, in lower case, divided by commas.
// A library loses .dll, .ocx or .sys; functions of winsock and oleaut32 that are imported by number
// have the name that the number stands for, others are "ordN".
#pragma once

#include "signatures/executable/pe.h"

#include <string>

namespace postern::signatures::executable {

// Nothing: there is no import table, or it cannot be read, as ClamAV judges it. Bounded: a table of
// more than 65,536 functions, or in a file of more than 1,024 sections, is not read.
std::optional<std::string> import_text(const PeHeaders& pe, const View& view);

}  // namespace postern::signatures::executable
