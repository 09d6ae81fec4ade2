// SPDX-License-Identifier: Apache-2.0
// The target description of a logical signature: "Engine:81-255,Target:1,FileSize:100-2000".
#pragma once

#include "signatures/logical_signature.h"
#include "signatures/source_report.h"

namespace postern::signatures::clamav {

// False: it is wrong, or cannot be done, or is for others; `report` has been told.
bool read_description(std::string_view text, SourceReport& report, TargetDescription& out);

}  // namespace postern::signatures::clamav
