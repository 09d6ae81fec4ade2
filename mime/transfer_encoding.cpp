// SPDX-License-Identifier: Apache-2.0
#include "mime/transfer_encoding.h"

#include "mime/header_block.h"

#include <array>

namespace postern::mime {

namespace {

struct Row {
    std::string_view token;
    TransferEncoding encoding;
};

using enum TransferEncoding;

// What mail really writes, right or wrong. The first row of an encoding has its name.
constexpr auto rows = std::to_array<Row>({
    {"identity", identity},
    {"7bit", identity},
    {"8bit", identity},
    {"binary", identity},
    {"7-bit", identity},
    {"8-bit", identity},
    {"none", identity},
    {"base64", base64},
    {"base-64", base64},
    {"x-base64", base64},
    {"b64", base64},
    {"quoted-printable", quoted_printable},
    {"quotedprintable", quoted_printable},
    {"quoted_printable", quoted_printable},
    {"x-quoted-printable", quoted_printable},
    {"uuencode", uuencode},
    {"x-uuencode", uuencode},
    {"x-uue", uuencode},
    {"uue", uuencode},
    {"x-uu", uuencode},
    {"yenc", yenc},
    {"x-yenc", yenc},
    {"binhex", binhex},
    {"binhex40", binhex},
    {"x-binhex", binhex},
    {"x-binhex40", binhex},
    {"mac-binhex40", binhex},
    {"unknown", unknown},
});

}  // namespace

std::string_view name_of(TransferEncoding encoding) {
    for (const Row& row : rows) {
        if (row.encoding == encoding) return row.token;
    }
    return "unknown";
}

TransferEncoding encoding_named(std::string_view token) {
    token = trimmed(token);
    for (const Row& row : rows) {
        if (same_name(row.token, token)) return row.encoding;
    }
    return unknown;
}

}  // namespace postern::mime
