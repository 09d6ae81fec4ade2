// SPDX-License-Identifier: Apache-2.0
// Content-Transfer-Encodings (RFC 2045 section 6) and the older wrappings that mail still carries:
// their names, and one call that decodes a range of octets.
#pragma once

#include "mime/buffer.h"
#include "mime/defect.h"

#include <cstdint>
#include <string_view>

namespace postern::mime {

enum class TransferEncoding : std::uint8_t {
    identity,  // 7bit, 8bit, binary: the octets as they are
    base64,
    quoted_printable,
    uuencode,
    yenc,
    binhex,
    unknown,  // named, but by no name we know
};

// "base64"; what --explain prints.
std::string_view name_of(TransferEncoding encoding);

// The encoding that one token names, blanks and case aside ("BASE64", "x-uuencode", "8bit").
TransferEncoding encoding_named(std::string_view token);

// What a decoder noticed on its way.
struct DecodeResult {
    std::size_t junk = 0;  // octets outside the alphabet that were skipped (line ends not counted)
    bool truncated = false;              // the input ended inside a quantum
    bool padding_in_the_middle = false;  // base64: data went on behind a '='
};

}  // namespace postern::mime
