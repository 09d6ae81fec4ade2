// SPDX-License-Identifier: Apache-2.0
// RuleUnit: the rules of one source file and of what it includes, in one namespace.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace postern::signatures::yara {

struct Rule {
    std::string text;
    std::string name;
    bool is_private = false;
    bool is_global = false;
    std::vector<std::string> refers;  // names of rules above it in the unit, sorted
    bool by_name = false;             // asks for a name of the content
    std::size_t xor_keys = 0;         // strings that `xor` makes of its strings
};

// In a set: libyara's compiler takes time with the square of it (some seconds here).
inline constexpr std::size_t most_xor_keys = 150 * 256;

struct RuleUnit {
    std::string file;                  // for diagnostics alone
    std::vector<std::string> modules;  // imported, sorted, each once
    std::vector<Rule> rules;           // every one compiles with those above it
};

}  // namespace postern::signatures::yara
