// SPDX-License-Identifier: Apache-2.0
// The rules of a set: ignored ones taken out, brought into an order that does not depend on the
// sources', and compiled into octets.
//
// Invariants
//  (1) The same units, in any order and under any file names, give the same octets and digest.
//  (2) The digest covers the rules' text and which of them stand in one namespace, not what
//      libyara makes of them.
#pragma once

#include "signatures/clamav/ignore.h"
#include "signatures/diagnostic.h"
#include "signatures/yara/rule_tables.h"
#include "signatures/yara/rule_unit.h"

namespace postern::signatures::yara {

// An ignored rule goes, as `YARA.name` or as `name`. One that other rules need stays, private.
// Returns how many are no longer reported.
std::size_t take_out(const clamav::IgnoredNames& ignored, std::vector<RuleUnit>& units);

// Sorted by text; a rule that stands alone (no other needs it, nor it any other) stays once.
void bring_into_order(std::vector<RuleUnit>& units);

// REQUIRES: bring_into_order(). A rule that does not compile beside the others goes to
// `diagnostics`. Throws std::bad_alloc.
RuleTables compile(std::vector<RuleUnit> units, Diagnostics& diagnostics);

}  // namespace postern::signatures::yara
