// SPDX-License-Identifier: Apache-2.0
// What text and pages carry encoded (html/carried.h) becomes contents of its own. Internal to the scanner.
#pragma once

#include "engine/scan_run.h"

namespace postern::engine {

// Texts of every kind are looked through for data: URIs, whatever they are declared as: a page is opened by
// its content, and a style sheet, SVG or script can be a file of its own. Base64 strings are looked for in
// pages and scripts alone, since tables and logs are full of them: in a plain text only where it has words
// of those who decode them. `item` is a content of such a type; does nothing for others.
void open_carried(ScanRun& run, const Subcontent& item, FileType type);

// What lies one level inside `outer`, without its name. It inherits what the outer one was allowed: an
// allow-list that names an archive speaks for everything in it. `container`: what signatures call the outer
// one.
Subcontent inside(const Subcontent& outer, signatures::ContentType container,
                  std::shared_ptr<const mime::Buffer> bytes);

}  // namespace postern::engine
