// SPDX-License-Identifier: Apache-2.0
// The filters of PDF's streams (ISO 32000-1, 7.4) that pack or write differently what may be any file.
// Those for pictures are left as they are: what they pack is a picture's format of its own.
#pragma once

#include "engine/expand/production.h"

#include <string_view>
#include <vector>

namespace postern::engine::expand {

enum class PdfFilter : std::uint8_t { flate, lzw, ascii85, ascii_hex, run_length, other };

// By its name or its short one ("FlateDecode", "Fl").
PdfFilter pdf_filter_named(std::string_view name);

// Appends `data` to `out` with one filter after the other undone, up to the first that is `other`. What came
// out before an error is kept, and goes through those that follow.
void undo_pdf_filters(const std::vector<PdfFilter>& filters, Octets data, Production& out);

}  // namespace postern::engine::expand
