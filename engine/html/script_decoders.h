// SPDX-License-Identifier: Apache-2.0
// What scripts hide themselves with, undone where it needs no running of the script: unescape("..."),
// eval("..."), the packer that begins "function(p,a,c,k,e,d)", and dF("...").
#pragma once

#include "engine/html/script_parser.h"

namespace postern::engine::html {

// REQUIRES: `rows` are the parser's tokens, closed. Afterwards they are the decoded ones.
void decode_script(ScriptParser& parser, std::vector<Token>& rows);

// What a packed script says: in `packed` each number of base `base` stands for a word of `words`, which '|'
// parts. At most `limit` octets of it.
struct Packed {
    std::string_view packed;
    long base = 0;
    std::string_view words;
};
std::string unpack(const Packed& script, std::size_t limit);

}  // namespace postern::engine::html
