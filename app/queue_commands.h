// SPDX-License-Identifier: Apache-2.0
// The subcommands of `postern queue`, and the options that they share.
#pragma once

#include "app/errors.h"
#include "relay/queue_tool.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace postern::app {

void add_queue_list(CLI::App& group);
void add_queue_show(CLI::App& group);
void add_queue_changes(CLI::App& group, int& exit_status);
void add_queue_statistics(CLI::App& group);
void add_queue_check(CLI::App& group, int& exit_status);

// Whose queue: the folder as named, else the one that the configuration names.
struct QueuePlace {
    std::string folder;
    std::string config;

    // Throws UsageError for a configuration that cannot be read, QueueError for what is no queue.
    relay::QueueTool open() const;
};

// Which of its messages.
struct QueueSelection {
    std::vector<std::string> ids;  // "-": a line each from standard input
    std::string sender;
    std::string recipient;
    std::string older;
    std::string newer;
    bool held = false;

    // Throws UsageError for what is no id or no time.
    relay::QueueFilter filter() const;
};

enum class QueueFormat { table, json };

void declare(CLI::App& command, QueuePlace& place);
void declare(CLI::App& command, QueueSelection& selection);
void declare(CLI::App& command, QueueFormat& format);

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
// "<>" for the empty path; nothing of it steers a terminal.
std::string visible_path(const std::string& mailbox);
// "1 message", "2 messages"
std::string counted(std::size_t number, const std::string& what);

}  // namespace postern::app
