// SPDX-License-Identifier: Apache-2.0
// What the command line of `postern scan` says.
#pragma once

#include "app/signature_sources.h"
#include "corpora/loader.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace postern::app {

enum class Format { text, json };

struct ScanOptions {
    std::vector<std::string> paths;
    std::string files_from;
    bool nul_separated = false;
    SignatureInput signatures;
    std::string store;   // its current set, followed; empty: `signatures`
    std::string shadow;  // a set or sources beside it, deciding nothing
    std::string policy;
    std::string server;  // scanning services to ask, with commas between; empty: scan here
    Format format = Format::text;
    corpora::As as = corpora::As::detect;
    unsigned jobs = 0;
    bool explain = false;
    bool stats = false;
    std::string dead_rules;  // a file to write; empty: none
};

// Declares the options; `options` is filled in when the command line is parsed.
void declare(CLI::App& command, ScanOptions& options);

// The paths given and those that --files-from names. Throws UsageError.
std::vector<std::string> all_paths(const ScanOptions& options);

}  // namespace postern::app
