// SPDX-License-Identifier: Apache-2.0
// Lines and header fields, as far as telling a message from something else needs them.
#pragma once

#include <string_view>

namespace postern::corpora {

// Lines longer than this are looked at no further: neither a field's name nor a "From " line is
// that long.
inline constexpr std::size_t longest_line = 1000;

// The line at `begin`, without its line end (LF or CRLF), at most longest_line octets of it.
std::string_view line_at(std::string_view text, std::size_t begin);

// Where the line behind the one at `begin` starts; text.size() when there is none.
std::size_t next_line(std::string_view text, std::size_t begin);

// The field's name in "Name: value" or "Name : value"; empty when the line is no field (RFC 5322
// section 2.2).
std::string_view field_name(std::string_view line);

char lower(char c);
bool same_ignoring_case(std::string_view a, std::string_view b);
bool ends_ignoring_case(std::string_view text, std::string_view end);

}  // namespace postern::corpora
