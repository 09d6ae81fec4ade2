// SPDX-License-Identifier: Apache-2.0
// Entity: one node of the MIME tree of a message (RFC 2045 section 2.4).
//
// An entity holds no octets of the body, only ranges in the bytes that were parsed. A leaf carries
// what is needed to decode it; a multipart or message/rfc822 carries its children.
//
// Invariants
//  (1) Every range lies inside the parsed bytes; a child's ranges lie inside its parent's body.
//  (2) `section` numbers as IMAP does (RFC 3501 section 6.4.5): "1", "2.1"; the root multipart is
//  "". (3) `filenames` holds every name that some reader could show, each once, the likeliest
//  first.
#pragma once

#include "mime/defect.h"
#include "mime/transfer_encoding.h"

#include <string>
#include <vector>

namespace postern::mime {

struct HeaderField {
    std::string name;   // as written
    std::string value;  // unfolded, not decoded
    ByteRange range;    // the whole field, with its folds
};

// Where a name was found. Clients differ in which of them they show.
enum class NameSource : std::uint8_t {
    disposition,           // Content-Disposition filename
    disposition_extended,  // filename*, RFC 2231
    type,                  // Content-Type name
    type_extended,         // name*, RFC 2231
    encoded_word,          // RFC 2047 inside a parameter, decoded
    raw,                   // the parameter's text taken literally
    body,                  // uuencode's begin line and its like
};

struct Filename {
    std::string name;  // UTF-8 where the charset was known, else the raw octets
    NameSource source;
    bool operator==(const Filename&) const = default;
};

struct Entity {
    std::string section;
    std::string media_type;  // "application/pdf", lower case; "text/plain" where absent or broken
    std::vector<HeaderField> header;
    ByteRange header_range;
    ByteRange body_range;
    std::vector<TransferEncoding> encodings;  // every one named by the header; empty means 7bit
    std::vector<Filename> filenames;
    std::vector<Entity> children;
    std::vector<ByteRange>
        uncovered;  // in the body, but in no child: preamble, epilogue, stray octets
    Defects defects;

    bool is_leaf() const { return children.empty(); }
    bool is_multipart() const { return media_type.starts_with("multipart/"); }
};

}  // namespace postern::mime
