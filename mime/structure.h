// SPDX-License-Identifier: Apache-2.0
// Structure: which parts a message has and where their contents lie, as GMime finds them.
//
// GMime runs over the octets where they are, 4 KB at a time, and keeps ranges instead of copies. Only the
// shape is taken from it: fields, parameters and names are read by our own code, since they are what
// readers differ about and GMime gives one reading.
#pragma once

#include "mime/range.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::mime {

struct StructureNode {
    enum class Kind : std::uint8_t { leaf, multipart, message };

    Kind kind = Kind::leaf;
    std::size_t first = 0;                // an octet of the node: its first field, else its content
    std::optional<ByteRange> content;     // leaves alone
    std::optional<std::string> boundary;  // multiparts alone
    std::vector<StructureNode> children;
};

struct Structure {
    std::optional<StructureNode> root;  // nothing when there is no header to begin with
    std::size_t end = 0;                // how far GMime was allowed to look
};

// Nodes deeper than `depth` are left out. Thread-safe.
Structure find_structure(std::string_view text, std::size_t begin, unsigned depth);

}  // namespace postern::mime
