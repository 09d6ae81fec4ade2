// SPDX-License-Identifier: Apache-2.0
// The subcommands: each adds itself to the command line and, when called, leaves its exit status.
#pragma once

namespace CLI {
class App;
}

namespace postern::app {

// 0 all accepted, 1 something rejected, 2 an error.
enum ExitStatus { exit_accepted = 0, exit_rejected = 1, exit_error = 2 };

void add_scan(CLI::App& app, int& exit_status);
void add_scand(CLI::App& app, int& exit_status);
void add_corpus(CLI::App& app, int& exit_status);
void add_queue(CLI::App& app, int& exit_status);
void add_policy(CLI::App& app, int& exit_status);
void add_signatures(CLI::App& app, int& exit_status);
void add_relay(CLI::App& app, int& exit_status);

}  // namespace postern::app
