// SPDX-License-Identifier: Apache-2.0
// Opening: what a content holds (members, a message, files encoded in its text) becomes contents of its own.
// Internal to the scanner.
#pragma once

#include "engine/scan_run.h"

namespace postern::engine {

// Hands everything inside `item` to scan_content(); `type` is what it was identified as. What is refused,
// damaged or unreadable becomes findings and gaps of the run. May be called by many tasks of a run at once.
void open_content(ScanRun& run, const Subcontent& item, FileType type);

// A finding about `item` as a whole: where it is, its type, the first of its names.
Finding finding_about(const Subcontent& item, FileType type, FindingKind kind, std::string name);

}  // namespace postern::engine
