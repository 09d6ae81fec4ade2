// SPDX-License-Identifier: Apache-2.0
// The generation of a set: the SHA-256 of what is in it, whatever order it was added in.
#pragma once

#include "signatures/signature.h"
#include "signatures/tables.h"

namespace postern::signatures {

// REQUIRES: bodies are in order, digest tables are sealed.
std::string generation_of(const std::vector<BodySignature>& bodies,
                          const std::vector<MemberSignature>& members,
                          const SignatureSet::Tables& tables);

}  // namespace postern::signatures
