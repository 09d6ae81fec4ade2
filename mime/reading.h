// SPDX-License-Identifier: Apache-2.0
// Reading: one way to decode a leaf's body.
//
// A well-formed leaf has exactly one reading and pays for no other. Where readers of mail could
// differ (two transfer encodings, an unknown one, '=' in the middle of base64, an encoded file
// inside plain text) the leaf has several, and each of them is scanned: no parser trick hides a
// payload.
#pragma once

#include "mime/entity.h"

#include <span>
#include <string_view>
#include <vector>

namespace postern::mime {

// What base64 does at a '=' that does not end the data.
enum class Base64Padding : std::uint8_t { new_quantum, stop, ignore };

struct Reading {
    TransferEncoding encoding = TransferEncoding::identity;
    ByteRange range;                                     // in the parsed bytes
    Base64Padding padding = Base64Padding::new_quantum;  // base64 alone
    std::string_view why = "declared";  // a constant: "declared", "looks like base64"
    std::string filename;               // the name in a uuencode/yEnc/BinHex header
    std::string boundary{};  // not empty: these are parts, to be split by it (parse_parts(), parser.h)
};

// Every way to read the leaf, the declared one first. REQUIRES: `bytes` is what the entity was
// parsed from.
std::vector<Reading> readings_of(const Entity& leaf, std::span<const std::byte> bytes);

// The same for whoever decodes anyway, without a look at every octet of a base64 body: what '=' in the
// middle of it adds is told by readings_after(), from what decoding the declared reading noticed.
std::vector<Reading> readings_before(const Entity& leaf, std::span<const std::byte> bytes);
std::vector<Reading> readings_after(const Reading& decoded, const DecodeResult& result);

// Readings of octets that no entity covers: encoded runs found in them. Empty for ordinary text.
std::vector<Reading> sweep(ByteRange range, std::span<const std::byte> bytes);

// Decodes; the output is appended to `out`. An upper bound of what it appends:
// decoded_bound(reading).
DecodeResult decode(const Reading& reading, std::span<const std::byte> bytes, Buffer& out);
std::size_t decoded_bound(const Reading& reading);

// Where in the parsed bytes the octet at `decoded_offset` of the decoded content came from. Walks
// the reading slowly from its start: for evidence, not for the hot path.
std::size_t encoded_offset(const Reading& reading, std::span<const std::byte> bytes,
                           std::size_t decoded_offset);

}  // namespace postern::mime
