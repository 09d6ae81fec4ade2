// SPDX-License-Identifier: Apache-2.0
// Signature sources of a command line: the built-in set and what --signatures names, compiled, with
// every bad line told on standard error.
#pragma once

#include "signatures/signature_set.h"

#include <memory>
#include <string>
#include <vector>

namespace postern::app {

// Throws UsageError when a source as a whole cannot be read.
std::shared_ptr<const signatures::SignatureSet> load_signatures(const std::vector<std::string>& paths,
                                                                unsigned threads);

}  // namespace postern::app
