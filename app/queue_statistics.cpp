// SPDX-License-Identifier: Apache-2.0
// `postern queue stats` and `check`: how much there is, and whether it is whole.
#include "app/commands.h"
#include "app/queue_commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;
using relay::QueueStatistics;

struct StatisticsOptions {
    QueueSelection selection;
    bool json = false;
};

struct Row {
    const char* name;
    QueueStatistics::Group QueueStatistics::*group;
};
constexpr Row rows[] = {{"waiting", &QueueStatistics::waiting},
                        {"deferred", &QueueStatistics::deferred},
                        {"held", &QueueStatistics::held},
                        {"all", &QueueStatistics::all}};

std::int64_t age_of(const QueueStatistics::Group& group) {
    if (group.messages == 0) return 0;
    return std::chrono::duration_cast<std::chrono::seconds>(relay::now() - group.oldest).count();
}

using Domains = std::vector<std::pair<std::string, std::size_t>>;

// The most crowded first.
Domains crowded(const QueueStatistics& statistics) {
    Domains domains(statistics.domains.begin(), statistics.domains.end());
    std::ranges::stable_sort(domains, std::greater<>(), &Domains::value_type::second);
    return domains;
}

void print_json(const QueueStatistics& statistics) {
    Json json;
    for (const Row& row : rows) {
        const QueueStatistics::Group& group = statistics.*row.group;
        json[row.name] = {{"messages", group.messages}, {"octets", group.octets}, {"oldest_seconds", age_of(group)}};
    }
    json["domains"] = Json::object();
    for (const auto& [domain, recipients] : crowded(statistics)) json["domains"][domain] = recipients;
    std::puts(json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

void print_table(const QueueStatistics& statistics) {
    std::printf("%-10s %10s %14s %16s\n", "", "messages", "octets", "oldest, seconds");
    for (const Row& row : rows) {
        const QueueStatistics::Group& group = statistics.*row.group;
        std::printf("%-10s %10zu %14llu %16lld\n", row.name, group.messages, static_cast<unsigned long long>(group.octets),
                    static_cast<long long>(age_of(group)));
    }
    Domains domains = crowded(statistics);
    if (domains.size() > 20) domains.resize(20);
    if (!domains.empty()) std::puts("\nrecipients by domain");
    for (const auto& [domain, recipients] : domains) std::printf("%10zu  %s\n", recipients, domain.c_str());
}

void statistics(const StatisticsOptions& options) {
    const QueueStatistics found = relay::QueueTool(options.selection.folder).statistics();
    options.json ? print_json(found) : print_table(found);
}

int check(const StatisticsOptions& options) {
    const auto problems = relay::QueueTool(options.selection.folder).check();
    for (const relay::QueueProblem& problem : problems) {
        std::printf("%s: %s\n", problem.id == relay::QueueId{} ? "queue" : problem.id.text().c_str(), problem.what.c_str());
    }
    if (problems.empty()) std::puts("the queue is whole");
    return problems.empty() ? exit_accepted : exit_rejected;
}

}  // namespace

void add_queue_statistics(CLI::App& group, int& exit_status) {
    const auto options = std::make_shared<StatisticsOptions>();
    CLI::App* stats_command = group.add_subcommand("stats", "How many messages wait, for whom, and for how long");
    declare_folder(*stats_command, options->selection);
    stats_command->add_flag("--json", options->json, "As one line of JSON");
    stats_command->callback([options] { told_of_queue([&] { statistics(*options); }); });
    CLI::App* check_command = group.add_subcommand("check", "Whether database and files are whole and agree; exit status 1 if not");
    declare_folder(*check_command, options->selection);
    check_command->callback([options, &exit_status] { exit_status = told_of_queue([&] { return check(*options); }); });
}

}  // namespace postern::app
