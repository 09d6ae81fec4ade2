// SPDX-License-Identifier: Apache-2.0
// The subcommands of `postern signatures`: a file each, a line each in signatures.cpp.
#pragma once

#include "app/errors.h"
#include "signatures/set_file/set_file.h"

namespace CLI {
class App;
}

namespace postern::app {

void add_signatures_activate(CLI::App& group, int& exit_status);
void add_signatures_build(CLI::App& group, int& exit_status);
void add_signatures_check(CLI::App& group, int& exit_status);
void add_signatures_diff(CLI::App& group, int& exit_status);
void add_signatures_explain(CLI::App& group, int& exit_status);
void add_signatures_info(CLI::App& group, int& exit_status);
void add_signatures_list(CLI::App& group, int& exit_status);
void add_signatures_match(CLI::App& group, int& exit_status);
void add_signatures_prune(CLI::App& group, int& exit_status);
void add_signatures_rollback(CLI::App& group, int& exit_status);
void add_signatures_search(CLI::App& group, int& exit_status);
void add_signatures_test(CLI::App& group, int& exit_status);
void add_signatures_verify(CLI::App& group, int& exit_status);

// What is wrong with a set or a key is the user's to mend, as any wrong option is.
template <typename Act>
auto told(const Act& act) {
    try {
        return act();
    } catch (const signatures::SetFileError& error) {
        throw UsageError(error.what());
    } catch (const signatures::KeyError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace postern::app
