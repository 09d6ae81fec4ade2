// SPDX-License-Identifier: Apache-2.0
// The parser: the octets of a message in, the tree of its entities out.
//
// A finder walks the mapped octets and copies none of them; where a multipart stays unsplit, GMime is asked
// too (structure.h). Whatever the octets are, a tree comes back, with defects.
//
// Thread-safe: no state is kept between calls.
#pragma once

#include "mime/reading.h"

#include <span>

namespace postern::mime {

struct ParseLimits {
    unsigned depth = 100;  // nesting of multiparts and messages; deeper stays a leaf, with a defect
    unsigned entities = 10000;  // likewise
};

struct ParsedMessage {
    Entity root;
    unsigned entities = 1;  // in the tree: the root and everything below it
    bool complete = true;  // false when a ParseLimits was reached: the root's defects say which
};

ParsedMessage parse(std::span<const std::byte> bytes, const ParseLimits& limits = {});

// The same for a stretch of parts without a header: the root is a multipart/mixed that has none, and every
// range is one of `bytes`. REQUIRES: `parts` is a Reading of `bytes` with a boundary.
ParsedMessage parse_parts(std::span<const std::byte> bytes, const Reading& parts,
                          const ParseLimits& limits = {});

}  // namespace postern::mime
