// SPDX-License-Identifier: Apache-2.0
// A signature in words: what it looks for, in which contents, and where, for people who do not read
// its language.
//
// Every construct of the formats is told; nothing is left out. Octets stand as hex and as text.
#pragma once

#include "signatures/catalog/entry.h"

#include <string>

namespace postern::signatures {

// Some lines, each with its end. An entry that does not load says why.
std::string explained(const Entry& entry);

}  // namespace postern::signatures
