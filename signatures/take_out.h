// SPDX-License-Identifier: Apache-2.0
// Taking ignored signatures out, and bringing the rest into its one order.
#pragma once

#include "signatures/clamav/ignore.h"
#include "signatures/digest_table.h"
#include "signatures/logical_signature.h"
#include "signatures/member_signature.h"
#include "signatures/signature.h"

namespace postern::signatures {

// All return how many signatures they took out.
std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<BodySignature>& bodies);
std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<LogicalSignature>& logical);
std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<MemberSignature>& members);
// `first`: what stands first in the lines of these digests.
enum class FirstField { hash, size };
std::size_t seal_digests(const clamav::IgnoredNames& ignored, const NameArena& names,
                         FirstField first, DigestTables& digests);

// Sorts by source line and target (or container); of equal ones, one stays.
void bring_into_order(std::vector<BodySignature>& bodies);
void bring_into_order(std::vector<LogicalSignature>& logical);
void bring_into_order(std::vector<MemberSignature>& members);

}  // namespace postern::signatures
