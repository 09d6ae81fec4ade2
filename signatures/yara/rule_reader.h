// SPDX-License-Identifier: Apache-2.0
// Reading a YARA source: its statements, those of the files that it includes, each checked.
//
// An include is taken from the folder of the source file or below, nowhere else, links followed;
// a file that is included twice is read once. What is wrong is told with the file it stands in.
#pragma once

#include "signatures/source_report.h"
#include "signatures/yara/rule_unit.h"

#include <filesystem>
#include <string_view>

namespace postern::signatures::yara {

struct RuleSource {
    std::string_view name;         // as diagnostics call it
    std::string_view text;
    std::filesystem::path folder;  // where includes may be; empty: there are none
};

struct SourceErrors {
    std::size_t errors = 0;
    std::size_t unsupported = 0;
};

// Adds a unit to `out` when it has a rule.
SourceErrors read_rules(const RuleSource& source, Diagnostics& diagnostics,
                        std::vector<RuleUnit>& out);

}  // namespace postern::signatures::yara
