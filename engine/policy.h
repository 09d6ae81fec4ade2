// SPDX-License-Identifier: Apache-2.0
// Policy: a pure function of facts and site rules. Verdict in, Decision out.
//
// The default policy is the one of a university's outbound relay: programs and scripts are refused by
// content and by name unless zipped; viruses always; encrypted archives pass; what could not be scanned whole
// is refused. A site writes what differs in TOML (docs/policy.md).
#pragma once

#include "engine/limits.h"
#include "engine/verdict.h"

#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace postern::engine {

// In order of weight: where several rules speak, the heaviest is done.
enum class Action : std::uint8_t { accept, hold, defer, reject };

std::string_view name_of(Action action);
// False when there is no such action.
bool action_named(std::string_view name, Action& action);

// A file-name extension rule as sites write it: ".jse?" is js or jse, ".ad[ep]" ade or adp.
// Returns every extension meant, without the dot; empty when the pattern is malformed.
std::vector<std::string> extensions_matching(std::string_view pattern);

struct FileTypeRules {
    std::set<FileType> types;                    // refused by content
    std::unordered_set<std::string> extensions;  // refused by name, lower case, no dot
    bool allowed_in_zip = true;
    bool allowed_in_other_archives = false;
    Action action = Action::reject;
};

struct Policy {
    FileTypeRules file_types;
    Action virus = Action::reject;
    Action encrypted = Action::accept;
    Action partial = Action::reject;
    Action over_size = Action::reject;
    Action malformed = Action::accept;  // a message with defects, otherwise clean
    Limits limits;
};

Policy default_policy();

struct Decision {
    Action action = Action::accept;
    std::string reason;             // the sentence that the sender gets; for accept, why nothing speaks against it
    std::vector<Finding> findings;  // the verdict's, and the file types that this policy refuses; sorted
};

// What the policy does about a finding of this kind.
Action action_for(const Policy& policy, FindingKind kind);

Decision decide(const Policy& policy, const Verdict& verdict);

}  // namespace postern::engine
