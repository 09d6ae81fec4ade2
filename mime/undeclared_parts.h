// SPDX-License-Identifier: Apache-2.0
// Undeclared parts: what looks like the body of a multipart where no header made it one.
//
// A Content-Type can be missing, broken, or name a boundary that is never used (wrong quotes, a typing
// error, malice), and some readers of mail still split such a body by what it shows. So a delimiter line,
// "--" and a token, with a header block below it that has a Content-* field, is taken for one, and the
// leaf gets a further reading beside its own.
//
// What is no delimiter without such a header block: a signature's "-- ", a rule of dashes, "-----Original
// Message-----", the lines of PGP and of patches.
#pragma once

#include "mime/reading.h"

namespace postern::mime {

// Appends a Reading (with its `boundary`) for each stretch of parts that is not inside another one. It ends
// behind the close delimiter, or with the range. REQUIRES: `range` begins a line. Linear; text without a
// line that begins with "--" costs one search for '-'.
void find_undeclared_parts(ByteRange range, std::span<const std::byte> bytes,
                           std::vector<Reading>& readings);

}  // namespace postern::mime
