// SPDX-License-Identifier: Apache-2.0
// `postern signatures build | verify`: sources into one file that every scanner maps, and its proof.
// The rest of the group stands in files of its own.
#include "app/commands.h"
#include "app/errors.h"
#include "app/signature_sources.h"
#include "signatures/set_file/set_file.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

namespace postern::app {

namespace {

struct Options {
    std::vector<std::string> sources;
    std::string set;
    std::string key;
};

void build(const Options& options) {
    std::optional<signatures::SigningKey> key;
    if (!options.key.empty()) key.emplace(signatures::SigningKey::read(options.key));
    const auto set = load_signatures(options.sources, 0);
    signatures::write_set(*set, options.set, key ? &*key : nullptr);
    const signatures::SetStatistics& counts = set->statistics();
    std::printf("%s: %zu body, %zu logical and %zu digest signatures%s\ngeneration %s\n", options.set.c_str(),
                counts.body_signatures, counts.logical_signatures, counts.digest_signatures,
                key ? ", signed" : "", std::string(set->generation()).c_str());
}

void verify(const Options& options) {
    std::optional<signatures::VerifyingKey> key;
    if (!options.key.empty()) key.emplace(signatures::VerifyingKey::read(options.key));
    signatures::LoadOptions how;
    how.key = key ? &*key : nullptr;
    const signatures::SetFileInfo info = signatures::verify_set(options.set, how);
    const char* by = how.key ? "signed by this key" : info.is_signed ? "signed; by whom was not asked" : "not signed";
    std::printf("%s: whole, %s, %llu octets\ngeneration %s\n", options.set.c_str(), by,
                static_cast<unsigned long long>(info.octets), info.generation.c_str());
}

// What is wrong with a set or a key is the user's to mend, as any wrong option is.
void told(void (*act)(const Options&), const Options& options) {
    try {
        act(options);
    } catch (const signatures::SetFileError& error) {
        throw UsageError(error.what());
    } catch (const signatures::KeyError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace

void add_signatures(CLI::App& app, int& exit_status) {
    CLI::App* group = app.add_subcommand("signatures", "Build signature sets and look at them");
    group->require_subcommand(1);
    const auto options = std::make_shared<Options>();

    CLI::App* make = group->add_subcommand("build", "Compile sources into one set file, which loads at once");
    make->add_option("SRC", options->sources, "Signature files, or folders of them")->required();
    make->add_option("-o,--out", options->set, "The set file to write")->required();
    make->add_option("--sign", options->key, "Sign it with this private Ed25519 key (PEM)");
    make->callback([options] { told(build, *options); });

    CLI::App* prove = group->add_subcommand("verify", "Prove a set file whole and, with a key, signed by it");
    prove->add_option("SET", options->set, "The set file")->required();
    prove->add_option("--key", options->key, "The public Ed25519 key that must have signed it (PEM)");
    prove->callback([options] { told(verify, *options); });

    add_signatures_check(*group, exit_status);
    add_signatures_test(*group, exit_status);
}

}  // namespace postern::app
