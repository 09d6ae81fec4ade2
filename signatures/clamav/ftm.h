// SPDX-License-Identifier: Apache-2.0
// File type magic: .ftm lines "Mode:Offset:Magic:Name:RequiredType:Type[:min[:max]]".
//
// They say which of ClamAV's readers gets a file. Here the engine identifies every content itself,
// by more than magic, and so that no source can talk it out of it; a line that could is read,
// checked and left out, and says so.
#pragma once

#include "signatures/source_report.h"

namespace postern::signatures::clamav {

void read_ftm(std::string_view text, SourceReport& report);

}  // namespace postern::signatures::clamav
