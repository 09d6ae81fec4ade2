// SPDX-License-Identifier: Apache-2.0
// Header blocks: the octets of one header in, its fields out, with everything that is odd about it.
//
// Line ends are LF or CRLF. A line that is no field is skipped, as most readers do; for the others
// the body begins there, so the block says where the first such line stands.
#pragma once

#include "mime/boundaries.h"
#include "mime/entity.h"

#include <optional>
#include <string_view>

namespace postern::mime {

struct HeaderBlock {
    std::vector<HeaderField> fields;
    std::size_t body_begin = 0;        // behind the empty line
    std::optional<std::size_t> stray;  // where the header ends for readers that do not skip
    Defects defects;
};

// So many fields are kept of one message, in all its entities; hostile mail could have tens of
// millions.
inline constexpr std::size_t most_header_fields = 100'000;

// Reads the block that begins at `begin`. It ends behind an empty line, before a delimiter line, or
// with the text.
// `fields_left` says how many fields may still be kept; for readers the header ends where they run
// out.
HeaderBlock split_header(std::string_view text, std::size_t begin, const Boundaries& boundaries,
                         std::size_t& fields_left);

// Where the header of a message really begins: behind a byte order mark, a mailbox's "From " line,
// empty lines. `begin` itself when no field follows those.
std::size_t skip_prelude(std::string_view text, std::size_t begin);

// True when the line is a header field: a name without blanks or controls, perhaps blanks, a colon.
bool is_field_line(std::string_view line);

// ASCII case aside.
bool same_name(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);
std::string_view trimmed(std::string_view text);

}  // namespace postern::mime
