// SPDX-License-Identifier: Apache-2.0
// `postern queue hold`, `release`, `retry` and `remove`: each says what it changed, an id a line.
#include "app/commands.h"
#include "app/queue_commands.h"

#include <CLI/CLI.hpp>

namespace postern::app {

namespace {

struct ChangeOptions {
    QueuePlace place;
    QueueSelection selection;
    bool all = false;
    std::string reason = "by an operator";
};

using Ids = std::vector<relay::QueueId>;

struct Row {
    const char* name;
    const char* help;
    const char* done;  // "3 messages held"
    Ids (*change)(relay::QueueTool&, const relay::QueueFilter&, const ChangeOptions&);
};

constexpr Row rows[] = {
    {"hold", "Keep messages aside until they are released", "held",
     [](relay::QueueTool& tool, const relay::QueueFilter& filter, const ChangeOptions& options) {
         return tool.hold(filter, options.reason);
     }},
    {"release", "Deliver what is held; its life begins anew", "released",
     [](relay::QueueTool& tool, const relay::QueueFilter& filter, const ChangeOptions&) {
         return tool.release(filter);
     }},
    {"retry", "Try now, whatever the schedule says", "to be tried now",
     [](relay::QueueTool& tool, const relay::QueueFilter& filter, const ChangeOptions&) {
         return tool.retry(filter);
     }},
    {"remove", "Delete messages for good; their senders hear nothing", "removed",
     [](relay::QueueTool& tool, const relay::QueueFilter& filter, const ChangeOptions&) {
         return tool.remove(filter);
     }},
};

// 1 when nothing was there to change.
int run(const Row& row, const ChangeOptions& options) {
    const relay::QueueFilter filter = options.selection.filter();
    if (filter.is_empty() && !options.all) {
        throw UsageError(std::string("queue ") + row.name +
                         ": say which messages, by id, --sender, --recipient, --older, --newer or "
                         "--held, or say --all");
    }
    relay::QueueTool tool = options.place.open();
    const Ids ids = row.change(tool, filter, options);
    for (const relay::QueueId id : ids) std::puts(id.text().c_str());
    std::fprintf(stderr, "%s %s\n", counted(ids.size(), "message").c_str(), row.done);
    return ids.empty() ? exit_rejected : exit_accepted;
}

}  // namespace

void add_queue_changes(CLI::App& group, int& exit_status) {
    for (const Row& row : rows) {
        const auto options = std::make_shared<ChangeOptions>();
        CLI::App* command = group.add_subcommand(row.name, row.help);
        declare(*command, options->place);
        declare(*command, options->selection);
        command->add_flag("--all", options->all, "All messages");
        if (std::string_view(row.name) == "hold") {
            command
                ->add_option("--reason", options->reason,
                             "Shown in lists (default: " + options->reason + ")")
                ->type_name("TEXT");
        }
        command->footer("Prints the id of each message changed. Exit status 1: there was none.");
        command->callback([options, &row, &exit_status] {
            exit_status = told_of_queue([&] { return run(row, *options); });
        });
    }
}

}  // namespace postern::app
