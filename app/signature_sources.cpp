// SPDX-License-Identifier: Apache-2.0
#include "app/signature_sources.h"

#include "app/errors.h"

#include <cstdio>

namespace postern::app {

namespace {

bool concerns_whole_source(const signatures::Diagnostic& diagnostic) {
    return diagnostic.line == 0 && diagnostic.severity == signatures::Severity::error;
}

// A set of many thousand bad lines must not bury the message that says so.
void tell(const signatures::Diagnostics& diagnostics) {
    constexpr std::size_t most = 100;
    for (std::size_t i = 0; i < diagnostics.size() && i < most; ++i) {
        std::fprintf(stderr, "postern: %s\n", to_string(diagnostics[i]).c_str());
    }
    if (diagnostics.size() > most) {
        std::fprintf(stderr, "postern: and %zu more lines like these\n", diagnostics.size() - most);
    }
}

}  // namespace

std::shared_ptr<const signatures::SignatureSet> load_signatures(const std::vector<std::string>& paths,
                                                                unsigned threads) {
    signatures::SetBuilder builder;
    builder.add_built_in();
    for (const std::string& path : paths) builder.add_path(path);
    for (const signatures::Diagnostic& diagnostic : builder.diagnostics()) {
        if (concerns_whole_source(diagnostic)) throw UsageError(to_string(diagnostic));
    }
    auto set = builder.build(threads);
    tell(builder.diagnostics());
    return set;
}

}  // namespace postern::app
