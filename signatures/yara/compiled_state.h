// SPDX-License-Identifier: Apache-2.0
// What CompiledRules holds, for the two files that speak to libyara about it.
#pragma once

#include "signatures/yara/compiled_rules.h"

#include <string>
#include <vector>

struct YR_RULES;

namespace postern::signatures::yara {

struct CompiledRules::State {
    Library library;
    YR_RULES* rules = nullptr;
    std::vector<std::string> names;
    bool asks_for_names = false;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();
};

}  // namespace postern::signatures::yara
