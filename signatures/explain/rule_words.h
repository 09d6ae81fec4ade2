// SPDX-License-Identifier: Apache-2.0
// A YARA rule in words: its strings, each with what its modifiers mean, and its condition as it is
// written, which is words already.
#pragma once

#include "signatures/explain/words.h"

namespace postern::signatures::explain {

// `text`: of one rule. Indented by two.
Lines words_for_rule(std::string_view text);

}  // namespace postern::signatures::explain
