// SPDX-License-Identifier: Apache-2.0
// `postern queue stats`: how much there is, for whom, and for how long.
#include "app/queue_commands.h"
#include "engine/identify.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;
using relay::QueueStatistics;

struct StatisticsOptions {
    QueuePlace place;
    QueueFormat format = QueueFormat::table;
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
        json[row.name] = {{"messages", group.messages},
                          {"octets", group.octets},
                          {"oldest_seconds", age_of(group)}};
    }
    json["domains"] = Json::object();
    for (const auto& [domain, recipients] : crowded(statistics))
        json["domains"][domain] = recipients;
    std::puts(json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

void print_table(const QueueStatistics& statistics) {
    std::printf("%-10s %10s %14s %16s\n", "", "messages", "octets", "oldest, seconds");
    for (const Row& row : rows) {
        const QueueStatistics::Group& group = statistics.*row.group;
        std::printf("%-10s %10zu %14llu %16lld\n", row.name, group.messages,
                    static_cast<unsigned long long>(group.octets),
                    static_cast<long long>(age_of(group)));
    }
    Domains domains = crowded(statistics);
    if (domains.size() > 20) domains.resize(20);
    if (!domains.empty()) std::puts("\nrecipients by domain");
    for (const auto& [domain, recipients] : domains)
        std::printf("%10zu  %s\n", recipients, engine::printable_name(domain).c_str());
}

void statistics(const StatisticsOptions& options) {
    const QueueStatistics found = options.place.open().statistics();
    options.format == QueueFormat::json ? print_json(found) : print_table(found);
}

}  // namespace

void add_queue_statistics(CLI::App& group) {
    const auto options = std::make_shared<StatisticsOptions>();
    CLI::App* command =
        group.add_subcommand("stats", "How many messages wait, for whom, and for how long");
    declare(*command, options->place);
    declare(*command, options->format);
    command->callback([options] { told_of_queue([&] { statistics(*options); }); });
}

}  // namespace postern::app
