// SPDX-License-Identifier: Apache-2.0
// RuleStrings: which strings of a rule stand in a content, whether its condition holds or not.
//
// For people who ask why a rule does not match; mail is not scanned with it.
#pragma once

#include "signatures/yara/rule_scanner.h"

namespace postern::signatures::yara {

struct RuleString {
    std::string rule;    // "YARA.name"
    std::string string;  // "$a"
    std::size_t count = 0;
    std::vector<std::uint64_t> places;  // the first ones
};

// Of all rules, in their order. Throws std::bad_alloc.
std::vector<RuleString> strings_of_rules(const CompiledRules& rules, std::span<const std::byte> content);

}  // namespace postern::signatures::yara
