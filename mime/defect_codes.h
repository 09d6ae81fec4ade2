// SPDX-License-Identifier: Apache-2.0
// The rows of the table of defects. A new one: a name here, its code and sentence in defect.cpp.
#pragma once

#include "mime/defect.h"

namespace postern::mime {

enum class DefectCode : std::uint8_t {
    header_missing,
    header_line_without_colon,
    header_fold_blank,
    header_not_ended,
    header_nul,
    header_raw_8bit,
    header_line_too_long,
    duplicate_content_type,
    duplicate_content_disposition,
    duplicate_transfer_encoding,
    conflicting_transfer_encodings,
    unknown_transfer_encoding,
    content_type_broken,
    parameter_broken,
    parameter_duplicate,
    parameter_pieces_missing,
    encoded_word_in_parameter,
    conflicting_filenames,
    boundary_missing,
    boundary_never_found,
    boundary_too_long,
    close_delimiter_missing,
    encoded_multipart,
    encoded_message,
    header_limit,
    entity_limit,
    depth_limit,
    structure_limit,
    base64_junk,
    base64_truncated,
    base64_padding_in_the_middle,
    undeclared_parts,
    last_ = undeclared_parts,
};

}  // namespace postern::mime
