// SPDX-License-Identifier: Apache-2.0
// `postern queue`: what operators do with the relay's queue. It only gathers; options that all share are here.
#include "app/commands.h"
#include "app/queue_commands.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace postern::app {

namespace {

// "90s", "15m", "4h", "5d".
std::chrono::milliseconds age_of(const std::string& text) {
    constexpr struct {
        char unit;
        std::int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    for (const auto& [unit, seconds] : units) {
        const bool whole = error == std::errc() && end + 1 == text.data() + text.size() && number >= 0 && number < 1'000'000;
        if (whole && *end == unit) return std::chrono::seconds(number * seconds);
    }
    throw UsageError(text + ": an age is a number with s, m, h or d, as 90s, 15m, 4h or 5d");
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

relay::QueueFilter QueueSelection::filter() const {
    relay::QueueFilter filter;
    for (const std::string& id : ids) filter.ids.push_back(id_of(id));
    if (!sender.empty()) filter.sender = sender;
    if (!recipient.empty()) filter.recipient = recipient;
    if (!older.empty()) filter.older = age_of(older);
    if (!newer.empty()) filter.newer = age_of(newer);
    if (held) filter.held = true;
    return filter;
}

void declare_folder(CLI::App& command, QueueSelection& selection) {
    command.add_option("--state-directory", selection.folder, "The relay's state_directory (default: " + selection.folder + ")")
        ->type_name("FOLDER");
}

void declare(CLI::App& command, QueueSelection& selection) {
    declare_folder(command, selection);
    command.add_option("ID", selection.ids, "Only these messages");
    command.add_option("--sender", selection.sender, "Only from this address, from \"@domain\", or from \"<>\"")->type_name("ADDRESS");
    command.add_option("--recipient", selection.recipient, "Only what waits for this address or \"@domain\"")->type_name("ADDRESS");
    command.add_option("--older", selection.older, "Only what arrived longer ago: 90s, 15m, 4h, 5d")->type_name("AGE");
    command.add_option("--newer", selection.newer, "Only what arrived since")->type_name("AGE");
    command.add_flag("--held", selection.held, "Only what is held");
}

void add_queue(CLI::App& app, int& exit_status) {
    CLI::App* group = app.add_subcommand("queue", "Look at the relay's queue and change it; works beside a running relay");
    group->require_subcommand(1);
    add_queue_list(*group, exit_status);
    add_queue_show(*group, exit_status);
    add_queue_changes(*group, exit_status);
    add_queue_statistics(*group, exit_status);
}

}  // namespace postern::app
