// SPDX-License-Identifier: Apache-2.0
// The form in which signatures for text (target 7) look at text: white space folded to one blank, letters
// lower-case, control and 8-bit octets dropped, UTF-16 narrowed first. As ClamAV normalises text.
#pragma once

#include "mime/buffer.h"

#include <cstddef>
#include <span>

namespace postern::engine {

// Appends the form of `text` to `out`; never more octets than `text` has. Thread-safe.
void append_text_form(std::span<const std::byte> text, mime::Buffer& out);

}  // namespace postern::engine
