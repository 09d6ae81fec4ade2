// SPDX-License-Identifier: Apache-2.0
// `postern queue`: what operators do with the relay's queue. It only gathers; options that all
// share are here.
#include "app/commands.h"
#include "app/queue_commands.h"
#include "app/relay_config.h"
#include "engine/identify.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <iostream>

namespace postern::app {

namespace {

constexpr const char* usual_config = "/etc/postern/postern.toml";

// "90s", "15m", "4h", "5d".
std::chrono::milliseconds age_of(const std::string& text) {
    constexpr struct {
        char unit;
        std::int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    std::int64_t number = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    const bool good = error == std::errc() && end + 1 == last && number >= 0 && number < 1'000'000;
    for (const auto& [unit, seconds] : units) {
        if (good && *end == unit) return std::chrono::seconds(number * seconds);
    }
    throw UsageError(text + ": an age is a number with s, m, h or d, as 90s, 15m, 4h or 5d");
}

void add_ids_of_standard_input(std::vector<relay::QueueId>& ids) {
    for (std::string line; std::getline(std::cin, line);) {
        if (!line.empty()) ids.push_back(id_of(line.substr(0, line.find_first_of(" \t\r"))));
    }
}

}  // namespace

relay::QueueId id_of(const std::string& text) {
    const std::optional<relay::QueueId> id = relay::QueueId::parse(text);
    if (!id) throw UsageError(text + ": this is no queue id; `postern queue list` shows them");
    return *id;
}

std::string time_text(relay::Time time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::string visible_path(const std::string& mailbox) {
    return mailbox.empty() ? "<>" : engine::printable_name(mailbox);
}

std::string counted(std::size_t number, const std::string& what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

relay::QueueTool QueuePlace::open() const {
    if (!folder.empty()) return relay::QueueTool(folder);
    const bool usual = config.empty() && std::filesystem::exists(usual_config);
    const std::string file = usual ? usual_config : config;
    const relay::RelayConfig used =
        file.empty() ? relay::default_relay_config() : load_relay_config(file);
    return relay::QueueTool(used.state_directory);
}

relay::QueueFilter QueueSelection::filter() const {
    relay::QueueFilter filter;
    if (!ids.empty()) filter.ids.emplace();
    for (const std::string& id : ids) {
        if (id == "-") {
            add_ids_of_standard_input(*filter.ids);
        } else {
            filter.ids->push_back(id_of(id));
        }
    }
    if (!sender.empty()) filter.sender = sender;
    if (!recipient.empty()) filter.recipient = recipient;
    if (!older.empty()) filter.older = age_of(older);
    if (!newer.empty()) filter.newer = age_of(newer);
    if (held) filter.held = true;
    return filter;
}

void declare(CLI::App& command, QueuePlace& place) {
    command
        .add_option("-c,--config", place.config,
                    std::string("The relay's configuration, which names the state_directory (") +
                        usual_config + ", where there is one)")
        ->type_name("FILE");
    command.add_option("--state-directory", place.folder, "The relay's state_directory itself")
        ->type_name("FOLDER");
}

void declare(CLI::App& command, QueueSelection& selection) {
    command.add_option("ID", selection.ids,
                       "Only these messages; -: those of standard input, one a line");
    command
        .add_option("--sender", selection.sender,
                    "Only from this address or domain; \"<>\": the null sender")
        ->type_name("ADDRESS");
    command
        .add_option("--recipient", selection.recipient,
                    "Only what waits for this address or domain")
        ->type_name("ADDRESS");
    command
        .add_option("--older", selection.older, "Only what arrived longer ago: 90s, 15m, 4h, 5d")
        ->type_name("AGE");
    command.add_option("--newer", selection.newer, "Only what arrived since")->type_name("AGE");
    command.add_flag("--held", selection.held, "Only what is held");
}

void declare(CLI::App& command, QueueFormat& format) {
    command.add_option("-f,--format", format, "table (default), or json: one line for each")
        ->type_name("table|json")
        ->transform(
            CLI::CheckedTransformer(std::map<std::string, QueueFormat>{
                                        {"table", QueueFormat::table}, {"json", QueueFormat::json}})
                .description(""));
}

void add_queue(CLI::App& app, int& exit_status) {
    CLI::App* group = app.add_subcommand(
        "queue", "Look at the relay's queue and change it; works beside a running relay");
    group->require_subcommand(1);
    add_queue_list(*group);
    add_queue_show(*group);
    add_queue_changes(*group, exit_status);
    add_queue_statistics(*group);
    add_queue_check(*group, exit_status);
}

}  // namespace postern::app
