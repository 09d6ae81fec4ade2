// SPDX-License-Identifier: Apache-2.0
// A body pattern in words: its parts one under the other, what lies between two of them said.
#pragma once

#include "signatures/clamav/body.h"
#include "signatures/explain/words.h"

namespace postern::signatures::explain {

Lines words_for(const clamav::Body& body);
Lines words_for(const clamav::Element& element);
// "after 4 to 10 octets of any value"
std::string words_for_gap(const clamav::Gap& gap);

}  // namespace postern::signatures::explain
