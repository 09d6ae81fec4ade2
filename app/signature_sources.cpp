// SPDX-License-Identifier: Apache-2.0
#include "app/signature_sources.h"

#include "app/errors.h"
#include "signatures/set_file/set_file.h"

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

// A built set is whole in itself; what it was built of says what else is in it.
std::shared_ptr<const signatures::SignatureSet> load_set_file(const std::string& path,
                                                              const std::vector<std::string>& paths) {
    if (paths.size() != 1) {
        throw UsageError(path + ": a built set is used alone; build one of all sources with "
                                "`postern signatures build`");
    }
    try {
        return signatures::load_set(path);
    } catch (const signatures::SetFileError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace

std::shared_ptr<const signatures::SignatureSet> load_signatures(const std::vector<std::string>& paths,
                                                                unsigned threads) {
    for (const std::string& path : paths) {
        if (signatures::is_set_file(path)) return load_set_file(path, paths);
    }
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
