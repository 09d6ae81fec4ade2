// SPDX-License-Identifier: Apache-2.0
// Words: the small things of signatures as people say them. For this folder and match/.
#pragma once

#include "signatures/content_type.h"
#include "signatures/number_range.h"
#include "signatures/offset.h"
#include "signatures/target.h"

#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures::explain {

// Lines of a page, each without its end.
using Lines = std::vector<std::string>;
// Puts `more` behind `lines`, each line so many blanks further in.
void append(Lines& lines, const Lines& more, std::size_t indent = 0);
std::string joined(const Lines& lines);  // with line ends

// "1 octet", "3 octets".
std::string counted(std::uint64_t count, std::string_view one);
// "from 10 to 20", "10 at least", "20 at most", "exactly 10"; REQUIRES: not all numbers.
std::string words_for(const NumberRange& range);
// "Windows programs (PE), target 1".
std::string words_for(Target target);
// "exactly at octet 10", "anywhere".
std::string words_for(const Offset& offset);
// "a ZIP (CL_TYPE_ZIP)".
std::string words_for(ContentType type);

// Octets as hex and as text: "6f 75 72  \"our\"". What `mask` leaves open is a ?; a letter that may
// stand in either case is both, "4f/6f". Octets that are no visible ASCII are dots in the text.
struct OctetText {
    std::string hex;
    std::string text;
};
OctetText octets_as_text(std::string_view octets, std::string_view mask);
// One line, or one for each 16 octets.
Lines octet_lines(std::string_view octets, std::string_view mask);

}  // namespace postern::signatures::explain
