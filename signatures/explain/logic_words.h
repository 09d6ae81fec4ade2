// SPDX-License-Identifier: Apache-2.0
// The parts of a logical signature in words: its description, its expression, its subsignatures.
#pragma once

#include "signatures/explain/words.h"
#include "signatures/logical_signature.h"

namespace postern::signatures::explain {

// "0 and (1 or 2 more than 3 times)"
std::string words_for(const Expression& expression);
// One condition a line: "of 100 octets at least".
Lines words_for(const TargetDescription& description);
// `text`: as it is written.
Lines words_for(const Subsignature& one, std::string_view text);

}  // namespace postern::signatures::explain
