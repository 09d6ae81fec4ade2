// SPDX-License-Identifier: Apache-2.0
// `postern signatures verify`: a set file is whole and, with a key, signed by it; or a sentence.
#include "app/signature_commands.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

namespace postern::app {

namespace {

struct VerifyOptions {
    std::string set;
    std::string key;
};

const char* who_signed(const signatures::SetFileInfo& info, const VerifyOptions& options) {
    if (!options.key.empty()) return "signed by this key";
    return info.is_signed ? "signed; by whom was not asked (--key KEY)" : "not signed";
}

void verify(const VerifyOptions& options) {
    std::optional<signatures::VerifyingKey> key;
    if (!options.key.empty()) key.emplace(signatures::VerifyingKey::read(options.key));
    const signatures::LoadOptions how{key ? &*key : nullptr, 0};
    const signatures::SetFileInfo info = signatures::verify_set(options.set, how);
    std::printf("%s: whole, %s, %llu octets\ngeneration %s\n", options.set.c_str(), who_signed(info, options),
                static_cast<unsigned long long>(info.octets), info.generation.c_str());
}

}  // namespace

void add_signatures_verify(CLI::App& group, int&) {
    const auto options = std::make_shared<VerifyOptions>();
    CLI::App* command = group.add_subcommand("verify", "Prove a set file whole and, with a key, signed by it");
    command->add_option("SET", options->set, "The set file")->required();
    command->add_option("--key", options->key, "The public Ed25519 key that must have signed it (PEM)")
        ->type_name("KEY");
    command->callback([options] { told([&] { verify(*options); }); });
}

}  // namespace postern::app
