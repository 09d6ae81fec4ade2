// SPDX-License-Identifier: Apache-2.0
// `postern queue check`: whether the database and the spool are whole and agree.
#include "app/commands.h"
#include "app/queue_commands.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

struct CheckOptions {
    QueuePlace place;
    QueueFormat format = QueueFormat::table;
};

using Json = nlohmann::ordered_json;

int check(const CheckOptions& options) {
    const std::vector<relay::QueueProblem> problems = options.place.open().check();
    for (const relay::QueueProblem& problem : problems) {
        const std::string id = problem.id == relay::QueueId{} ? "" : problem.id.text();
        if (options.format == QueueFormat::json) {
            const Json json{{"id", id}, {"problem", problem.what}};
            std::puts(json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
        } else {
            std::printf("%s: %s\n", id.empty() ? "queue" : id.c_str(), problem.what.c_str());
        }
    }
    if (problems.empty() && options.format == QueueFormat::table) std::puts("the queue is whole");
    return problems.empty() ? exit_accepted : exit_rejected;
}

}  // namespace

void add_queue_check(CLI::App& group, int& exit_status) {
    const auto options = std::make_shared<CheckOptions>();
    CLI::App* command =
        group.add_subcommand("check", "Whether database and files are whole and agree");
    declare(*command, options->place);
    declare(*command, options->format);
    command->footer("Reads all of it, changes nothing. Exit status 1: something is wrong.");
    command->callback(
        [options, &exit_status] { exit_status = told_of_queue([&] { return check(*options); }); });
}

}  // namespace postern::app
