// SPDX-License-Identifier: Apache-2.0
// `postern signatures activate | rollback | prune`: which generation of a store is in force.
#include "app/signature_commands.h"
#include "app/store_options.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace postern::app {

namespace {

struct ActivateOptions {
    StoreLocation store;
    std::string set;
    bool shadow = false;
    bool no_shadow = false;
    std::size_t keep = 10;
};

void tell(const char* what, const signatures::Activation& one) {
    std::printf("%s %s since %s\n", what, one.generation.c_str(), one.when.c_str());
}

void activate(const ActivateOptions& options) {
    signatures::Store store = open_store(options.store);
    if (options.no_shadow) {
        std::puts(store.end_shadow() ? "no shadow set any more" : "there was no shadow set");
        return;
    }
    if (options.set.empty()) throw UsageError("no set named; say which to put in force, or --no-shadow");
    if (options.shadow) tell("shadow", store.activate_shadow(options.set));
    else tell("current", store.activate(options.set));
}

}  // namespace

void add_signatures_activate(CLI::App& group, int&) {
    const auto options = std::make_shared<ActivateOptions>();
    CLI::App* command = group.add_subcommand("activate", "Put a set in force; running scanners take it up at once");
    command->add_option("SET", options->set, "The set file; it is proved and copied into the store");
    CLI::Option* shadow = command->add_flag("--shadow", options->shadow,
                                            "Let it run beside the current set, reporting hits and deciding nothing");
    command->add_flag("--no-shadow", options->no_shadow, "End the shadow set")->excludes(shadow);
    declare(*command, options->store);
    command->callback([options] { told([&] { activate(*options); }); });
}

void add_signatures_rollback(CLI::App& group, int&) {
    const auto options = std::make_shared<ActivateOptions>();
    CLI::App* command = group.add_subcommand("rollback", "Put the set in force that was before the current one");
    declare(*command, options->store);
    command->callback([options] { told([&] { tell("current", open_store(options->store).roll_back()); }); });
}

void add_signatures_prune(CLI::App& group, int&) {
    const auto options = std::make_shared<ActivateOptions>();
    CLI::App* command = group.add_subcommand("prune", "Delete sets of a store that rollback is not to reach any more");
    command->add_option("--keep", options->keep, "So many generations stay, the current one among them")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(2u, 1000000u));
    declare(*command, options->store);
    command->callback([options] {
        told([&] { std::printf("%zu deleted\n", open_store(options->store).prune(options->keep)); });
    });
}

}  // namespace postern::app
