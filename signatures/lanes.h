// SPDX-License-Identifier: Apache-2.0
// Lanes: sorts the signatures of a set by how they are found, and compiles what looks for them.
#pragma once

#include "signatures/logical_signature.h"
#include "signatures/member_signature.h"
#include "signatures/signature.h"
#include "signatures/tables.h"

namespace postern::signatures {

struct Signatures {
    std::vector<BodySignature> bodies;
    std::vector<LogicalSignature> logical;
    std::vector<MemberSignature> members;
};

// Fills programs, signatures, logic, buckets, watches and targets of `tables`, and their
// statistics. `threads` compile databases at the same time. The result does not depend on their
// number. REQUIRES: `signatures` are in their final order; the member table is made.
void build_lanes(Signatures signatures, unsigned threads, SignatureSet::Tables& tables);

}  // namespace postern::signatures
