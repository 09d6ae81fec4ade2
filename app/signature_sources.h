// SPDX-License-Identifier: Apache-2.0
// Signature sources of a command line: the built-in set and what --signatures names, compiled, with
// every bad line told on standard error; or one built set, loaded.
#pragma once

#include "signatures/signature_set.h"

#include <memory>
#include <string>
#include <vector>

namespace postern::app {

struct SignatureInput {
    std::vector<std::string> paths;  // sources, or one set file
    std::string key;                 // public; a set must be signed by it. Empty: none is asked for
};

// Uses `threads` threads (0: all). Throws UsageError when a source as a whole cannot be read, when a
// set stands beside sources, and when a set is not what it should be or not signed by the key.
std::shared_ptr<const signatures::SignatureSet> load_signatures(const SignatureInput& input, unsigned threads);

// The built-in set and these sources. Throws UsageError as above, and for a set among them.
void add_sources(const std::vector<std::string>& paths, signatures::SetBuilder& builder);

// On standard error, not more than so many; the rest as a number.
void tell(const signatures::Diagnostics& diagnostics, std::size_t most);

}  // namespace postern::app
