// SPDX-License-Identifier: Apache-2.0
// `postern signatures`: what a security team does with sources and sets. It only gathers.
#include "app/commands.h"
#include "app/signature_commands.h"

#include <CLI/CLI.hpp>

namespace postern::app {

void add_signatures(CLI::App& app, int& exit_status) {
    CLI::App* group = app.add_subcommand("signatures", "Build signature sets and look at them");
    group->require_subcommand(1);
    add_signatures_activate(*group, exit_status);
    add_signatures_build(*group, exit_status);
    add_signatures_check(*group, exit_status);
    add_signatures_diff(*group, exit_status);
    add_signatures_explain(*group, exit_status);
    add_signatures_info(*group, exit_status);
    add_signatures_list(*group, exit_status);
    add_signatures_match(*group, exit_status);
    add_signatures_prune(*group, exit_status);
    add_signatures_rollback(*group, exit_status);
    add_signatures_search(*group, exit_status);
    add_signatures_test(*group, exit_status);
    add_signatures_verify(*group, exit_status);
}

}  // namespace postern::app
