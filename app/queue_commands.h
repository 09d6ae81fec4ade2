// SPDX-License-Identifier: Apache-2.0
// The subcommands of `postern queue`, and the options that they share.
#pragma once

#include "app/errors.h"
#include "relay/queue_tool.h"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace postern::app {

void add_queue_list(CLI::App& group, int& exit_status);
void add_queue_show(CLI::App& group, int& exit_status);
void add_queue_changes(CLI::App& group, int& exit_status);
void add_queue_statistics(CLI::App& group, int& exit_status);

// Which queue, and which of its messages.
struct QueueSelection {
    std::string folder = "/var/lib/postern";
    std::vector<std::string> ids;
    std::string sender;
    std::string recipient;
    std::string older;
    std::string newer;
    bool held = false;
    bool all = false;

    // Throws UsageError for what is no id or no time.
    relay::QueueFilter filter() const;
};

void declare_folder(CLI::App& command, QueueSelection& selection);
void declare(CLI::App& command, QueueSelection& selection);

// What is wrong with the queue is told as any wrong option is.
template <typename Act>
auto told_of_queue(const Act& act) {
    try {
        return act();
    } catch (const relay::QueueError& error) {
        throw UsageError(error.what());
    }
}

relay::QueueId id_of(const std::string& text);
std::string time_text(relay::Time time);  // RFC 3339, UTC

}  // namespace postern::app
