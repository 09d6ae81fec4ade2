// SPDX-License-Identifier: Apache-2.0
// Policy files: TOML that says what differs from the default policy (docs/policy.md).
//
// Unknown keys, wrong types and impossible values are errors with file:line:column and what to write
// instead; nothing is half-loaded.
#pragma once

#include "engine/policy.h"

#include <string>

namespace postern::app {

// Throws UsageError.
engine::Policy load_policy(const std::string& path);
// `name` stands for the file in errors.
engine::Policy parse_policy(const std::string& text, const std::string& name);

// The whole policy as such a file, every key written out.
std::string dump_policy(const engine::Policy& policy);

}  // namespace postern::app
