// SPDX-License-Identifier: Apache-2.0
// Embedded files: uuencode, yEnc, BinHex and base64 that stand in a text without any MIME around
// them.
//
// One pass over the lines. A line of ordinary text is left after its first blank, so text costs
// little more than finding its line ends.
#pragma once

#include "mime/reading.h"

namespace postern::mime {

// How much base64 there must be before it is taken for base64, in characters, and in how long
// lines.
struct Base64RunThreshold {
    std::size_t characters;
    std::size_t line;
};

// Where nobody else looks, little is enough.
inline constexpr Base64RunThreshold sweep_threshold{64, 1};
// In a text that has a reading already, only what no text looks like.
inline constexpr Base64RunThreshold text_threshold{256, 32};

// Appends a reading for each file found, in order. At most 1000: the last one then reaches to the
// end.
void find_embedded(ByteRange range, std::span<const std::byte> bytes, Base64RunThreshold threshold,
                   std::vector<Reading>& readings);

}  // namespace postern::mime
