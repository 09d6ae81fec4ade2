// SPDX-License-Identifier: Apache-2.0
// Findings as clamd's clients are told them: one token each.
//
// Clients split replies at blanks, cut "(...)" off a name's end, and know some names by their
// beginning (Heuristics.Encrypted, Heuristics.Limits.Exceeded): what is ours speaks their language.
//
// Invariants
//  (1) A name is not empty, has printable ASCII alone, no blank, and does not end in ')' or ':'.
//  (2) Only what makes the decision heavier than accept is told, and where it is, at least one name
//  is.
#pragma once

#include "engine/policy.h"

#include <string>
#include <vector>

namespace postern::engine::service {

// "Eicar-Signature", "Policy.FileType.PE", "Policy.FileName.exe", "Heuristics.Encrypted.Zip",
// "Heuristics.Limits.Exceeded.ProducedBytes", "Heuristics.Broken.TwoBoundaries".
std::string reply_name(const Finding& finding);
std::string reply_name(const Gap& gap);

// Sorted by weight of what they are, viruses first, each once; empty exactly for accept.
std::vector<std::string> reply_names(const Policy& policy, const Verdict& verdict,
                                     const Decision& decision);

}  // namespace postern::engine::service
