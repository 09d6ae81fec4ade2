// SPDX-License-Identifier: Apache-2.0
// The generation of a set: the SHA-256 of what is in it, whatever order it was added in.
#pragma once

#include "signatures/lanes.h"

namespace postern::signatures {

// REQUIRES: signatures are in order, digest tables are sealed.
std::string generation_of(const Signatures& signatures, const SignatureSet::Tables& tables);

}  // namespace postern::signatures
