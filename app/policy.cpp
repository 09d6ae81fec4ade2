// SPDX-License-Identifier: Apache-2.0
// `postern policy`: the site rules in force, and the words they are written in.
#include "app/commands.h"
#include "app/policy_file.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace postern::app {

namespace {

void show(const std::string& path) {
    const engine::Policy policy = path.empty() ? engine::default_policy() : load_policy(path);
    std::fputs(dump_policy(policy).c_str(), stdout);
}

void list_types() {
    for (const engine::FileType type : engine::all_file_types()) {
        std::printf("%-14s %s%s\n", std::string(name_of(type)).c_str(),
                    std::string(description_of(type)).c_str(),
                    is_executable(type) ? " (refused by default)" : "");
    }
}

}  // namespace

void add_policy(CLI::App& app, int&) {
    CLI::App* command = app.add_subcommand("policy", "Show the site rules");
    command->require_subcommand(1);
    auto path = std::make_shared<std::string>();
    CLI::App* show_command = command->add_subcommand("show", "Print the policy in force as TOML, every key written out");
    show_command->add_option("-p,--policy", *path, "Site rules in TOML (default: the built-in ones)")->type_name("FILE");
    show_command->callback([path] { show(*path); });
    command->add_subcommand("types", "List the file types that a policy can name")->callback(list_types);
}

}  // namespace postern::app
