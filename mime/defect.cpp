// SPDX-License-Identifier: Apache-2.0
#include "mime/defect.h"

#include "mime/defect_codes.h"

#include <array>

namespace postern::mime {

namespace {

struct Row {
    DefectCode code;
    std::string_view name;
    std::string_view sentence;
};

using enum DefectCode;

// In the order of the enumeration, which the assertion below holds it to.
constexpr auto rows = std::to_array<Row>({
    {header_missing, "header-missing", "The octets do not begin with a header field."},
    {header_line_without_colon, "header-line-without-colon",
     "A line of the header is no field: some readers skip it, for others the body begins there."},
    {header_fold_blank, "header-fold-blank",
     "A folded line of the header is blank: for some readers the header ends there."},
    {header_not_ended, "header-not-ended", "No empty line ends the header."},
    {header_nul, "header-nul", "The header contains a NUL, at which some readers stop."},
    {header_raw_8bit, "header-raw-8bit", "The header contains octets above 127 in no encoding."},
    {header_line_too_long, "header-line-too-long",
     "A line of the header is longer than 998 octets (RFC 5322 section 2.1.1)."},
    {duplicate_content_type, "duplicate-content-type",
     "The entity has more than one Content-Type field, and readers choose differently."},
    {duplicate_content_disposition, "duplicate-content-disposition",
     "The entity has more than one Content-Disposition field, and readers choose differently."},
    {duplicate_transfer_encoding, "duplicate-transfer-encoding",
     "The entity has more than one Content-Transfer-Encoding field."},
    {conflicting_transfer_encodings, "conflicting-transfer-encodings",
     "The entity names more than one transfer encoding, and readers choose differently."},
    {unknown_transfer_encoding, "unknown-transfer-encoding",
     "The entity names a transfer encoding that is not known."},
    {content_type_broken, "content-type-broken", "The Content-Type field names no media type."},
    {parameter_broken, "parameter-broken",
     "A parameter is not written as the standard has it, and readers take different values from "
     "it."},
    {parameter_duplicate, "parameter-duplicate",
     "A parameter is given more than once with different values."},
    {parameter_pieces_missing, "parameter-pieces-missing",
     "The pieces of a continued parameter (RFC 2231) are not complete or not in order."},
    {encoded_word_in_parameter, "encoded-word-in-parameter",
     "A parameter contains an encoded word, which RFC 2047 section 5 forbids."},
    {conflicting_filenames, "conflicting-filenames",
     "The entity gives several names that differ, and readers choose differently."},
    {boundary_missing, "boundary-missing", "A multipart has no boundary parameter."},
    {boundary_never_found, "boundary-never-found",
     "The boundary of a multipart does not occur in its body."},
    {boundary_too_long, "boundary-too-long", "A boundary is longer than 70 characters."},
    {close_delimiter_missing, "close-delimiter-missing",
     "A multipart ends without its close delimiter."},
    {encoded_multipart, "encoded-multipart",
     "A multipart is declared as base64 or quoted-printable, which RFC 2045 section 6.4 forbids."},
    {encoded_message, "encoded-message",
     "A message/rfc822 is declared as base64 or quoted-printable, which RFC 2046 section 5.2.1 "
     "forbids."},
    {header_limit, "header-limit", "The message has more header fields than the limit allows."},
    {entity_limit, "entity-limit", "The message has more entities than the limit allows."},
    {depth_limit, "depth-limit", "The message is nested deeper than the limit allows."},
    {structure_limit, "structure-limit",
     "Finding the structure of the message would cost too much: the rest is one body."},
    {base64_junk, "base64-junk", "A base64 body contains octets outside the alphabet."},
    {base64_truncated, "base64-truncated", "A base64 body ends inside a quantum."},
    {base64_padding_in_the_middle, "base64-padding-in-the-middle",
     "A base64 body goes on behind its padding, and readers differ about what follows."},
    {undeclared_parts, "undeclared-parts",
     "Octets that no header makes a multipart look like the parts of one, and some readers split them."},
});

consteval bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].code) != i) return false;
    }
    return rows.size() == static_cast<std::size_t>(last_) + 1;
}
static_assert(in_order());

}  // namespace

std::string_view code_of(DefectCode code) {
    return rows[static_cast<std::size_t>(code)].name;
}

std::string_view sentence_of(DefectCode code) {
    return rows[static_cast<std::size_t>(code)].sentence;
}

}  // namespace postern::mime
