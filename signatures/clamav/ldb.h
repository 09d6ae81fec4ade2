// SPDX-License-Identifier: Apache-2.0
// Logical signatures (.ldb, .ldu): "Name;Description;Expression;Subsignature;Subsignature...".
#pragma once

#include "signatures/logical_signature.h"
#include "signatures/source_report.h"

namespace postern::signatures::clamav {

// Name, description, expression, and each subsignature as it is written; one more than can be right
// at most.
std::vector<std::string_view> logical_fields(std::string_view line);

void read_ldb(std::string_view text, SourceReport& report, std::vector<LogicalSignature>& out);

}  // namespace postern::signatures::clamav
