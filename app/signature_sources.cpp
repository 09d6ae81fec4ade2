// SPDX-License-Identifier: Apache-2.0
#include "app/signature_sources.h"

#include "app/signature_commands.h"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace postern::app {

namespace {

bool concerns_whole_source(const signatures::Diagnostic& diagnostic) {
    return diagnostic.line == 0 && diagnostic.severity == signatures::Severity::error;
}

// A built set is whole in itself; what it was built of says what else is in it.
std::shared_ptr<const signatures::SignatureSet> load_set_file(const SignatureInput& input, unsigned threads) {
    const auto set = std::find_if(input.paths.begin(), input.paths.end(),
                                  [](const std::string& path) { return signatures::is_set_file(path); });
    if (input.paths.size() != 1) {
        throw UsageError(*set + ": a built set is used alone; build one of all sources with "
                                "`postern signatures build`");
    }
    return told([&] {
        std::optional<signatures::VerifyingKey> key;
        if (!input.key.empty()) key.emplace(signatures::VerifyingKey::read(input.key));
        return signatures::load_set(*set, {key ? &*key : nullptr, threads});
    });
}

}  // namespace

void tell(const signatures::Diagnostics& diagnostics, std::size_t most) {
    for (std::size_t i = 0; i < diagnostics.size() && i < most; ++i) {
        std::fprintf(stderr, "postern: %s\n", to_string(diagnostics[i]).c_str());
    }
    if (diagnostics.size() > most) {
        std::fprintf(stderr, "postern: and %zu more lines like these\n", diagnostics.size() - most);
    }
}

void add_sources(const std::vector<std::string>& paths, signatures::SetBuilder& builder) {
    builder.add_built_in();
    for (const std::string& path : paths) {
        if (signatures::is_set_file(path)) {
            throw UsageError(path + ": is a built set, and sets are built of sources; name those it was built of");
        }
        builder.add_path(path);
    }
    for (const signatures::Diagnostic& diagnostic : builder.diagnostics()) {
        if (concerns_whole_source(diagnostic)) throw UsageError(to_string(diagnostic));
    }
}

std::shared_ptr<const signatures::SignatureSet> load_signatures(const SignatureInput& input, unsigned threads) {
    if (std::any_of(input.paths.begin(), input.paths.end(), signatures::is_set_file)) {
        return load_set_file(input, threads);
    }
    // Sources have no signature of ours: to take them would be to ask for a key and not to mean it.
    if (!input.key.empty()) {
        throw UsageError(input.key + ": a key proves a built set; name one with --signatures, made by "
                                     "`postern signatures build --sign KEY`");
    }
    signatures::SetBuilder builder;
    add_sources(input.paths, builder);
    auto set = builder.build(threads);
    // A set of many thousand bad lines must not bury the message that says so.
    constexpr std::size_t most = 100;
    tell(builder.diagnostics(), most);
    return set;
}

}  // namespace postern::app
