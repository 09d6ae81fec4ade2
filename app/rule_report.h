// SPDX-License-Identifier: Apache-2.0
// What rules cost and what came of them, at the end of a scan: the worst of them, and those that
// found nothing.
#pragma once

#include "signatures/rule_tallies.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace postern::app {

using RuleUses = std::vector<signatures::RuleUse>;

// The worst by time, then the worst by verifications that came to nothing. Empty: no rule was touched.
std::string rules_in_text(const RuleUses& uses);
// The same as objects: {"by_time": [...], "in_vain": [...], "hit": N, "never_hit": N}.
nlohmann::ordered_json rules_in_json(const RuleUses& uses);

// The names of rules that were found in nothing, a line each, sorted. Throws UsageError when the file
// cannot be written.
void write_dead_rules(const RuleUses& uses, const std::string& file);

}  // namespace postern::app
