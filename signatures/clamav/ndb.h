// SPDX-License-Identifier: Apache-2.0
// Body signatures: .ndb lines "Name:Target:Offset:Hex[:min[:max]]" and old .db lines "Name=Hex".
#pragma once

#include "signatures/signature.h"
#include "signatures/source_report.h"

#include <vector>

namespace postern::signatures::clamav {

void read_ndb(std::string_view text, SourceReport& report, std::vector<BodySignature>& out);
void read_db(std::string_view text, SourceReport& report, std::vector<BodySignature>& out);

}  // namespace postern::signatures::clamav
