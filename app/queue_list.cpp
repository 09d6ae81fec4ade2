// SPDX-License-Identifier: Apache-2.0
// `postern queue list`: a line a message, as a table, as JSON, or in the shape that scripts around mailq read.
#include "app/queue_commands.h"
#include "app/queue_json.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace postern::app {

namespace {

using relay::QueuedMessage;
using relay::QueuedRecipient;
using relay::RecipientState;

enum class Shape { table, json, mailq };

struct ListOptions {
    QueueSelection selection;
    Shape shape = Shape::table;
    bool mailq = false;
};

std::string sender_of(const QueuedMessage& message) {
    return message.envelope.reverse_path.empty() ? "<>" : message.envelope.reverse_path;
}

const char* state_of(const QueuedMessage& message) {
    if (!message.hold.empty()) return "held";
    for (const QueuedRecipient& each : message.recipients) {
        if (each.attempts > 0) return "deferred";
    }
    return "waiting";
}

void print_table(const QueuedMessage& message) {
    std::string to;
    std::size_t queued = 0;
    std::string why = message.hold;
    for (const QueuedRecipient& each : message.recipients) {
        if (each.state != RecipientState::queued) continue;
        if (queued++ == 0) to = each.path.mailbox;
        if (why.empty()) why = each.last.reply;
    }
    if (queued > 1) to += " +" + std::to_string(queued - 1);
    std::printf("%s  %s  %10llu  %-8s  %s -> %s%s%s\n", message.id.text().c_str(), time_text(message.arrived).c_str(),
                static_cast<unsigned long long>(message.facts.size), state_of(message), sender_of(message).c_str(), to.c_str(),
                why.empty() ? "" : "  | ", why.c_str());
}

// The columns of `mailq`: id and mark, size, arrival, sender; reasons in parentheses; recipients; an empty line.
void print_mailq(const QueuedMessage& message) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(message.arrived);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    char when[32];
    std::strftime(when, sizeof when, "%a %b %e %H:%M:%S", &parts);
    const std::string id = message.id.text() + (message.hold.empty() ? " " : "!");
    std::printf("%-16s %8llu %s  %s\n", id.c_str(), static_cast<unsigned long long>(message.facts.size), when,
                message.envelope.reverse_path.empty() ? "MAILER-DAEMON" : message.envelope.reverse_path.c_str());
    std::string last;
    for (const QueuedRecipient& each : message.recipients) {
        if (each.state != RecipientState::queued) continue;
        if (!each.last.reply.empty() && each.last.reply != last) std::printf("(%s)\n", each.last.reply.c_str());
        last = each.last.reply;
        std::printf("%42s%s\n", "", each.path.mailbox.c_str());
    }
    std::puts("");
}

void list(const ListOptions& options) {
    const Shape shape = options.mailq ? Shape::mailq : options.shape;
    relay::QueueTool tool(options.selection.folder);
    std::size_t messages = 0;
    std::uint64_t octets = 0;
    tool.each(options.selection.filter(), [&](const QueuedMessage& message) {
        if (messages++ == 0 && shape == Shape::mailq) {
            std::puts("-Queue ID-       --Size-- ----Arrival Time---- -Sender/Recipient-------");
        }
        octets += message.facts.size;
        if (shape == Shape::table) print_table(message);
        if (shape == Shape::mailq) print_mailq(message);
        if (shape == Shape::json) std::puts(json_line(message).c_str());
    });
    if (shape == Shape::json) return;
    if (messages == 0) return static_cast<void>(std::puts(shape == Shape::mailq ? "Mail queue is empty" : "no message"));
    if (shape == Shape::mailq) {
        std::printf("-- %llu Kbytes in %zu Request%s.\n", static_cast<unsigned long long>(octets / 1024), messages, messages == 1 ? "" : "s");
    } else {
        std::printf("%zu message%s, %llu octets\n", messages, messages == 1 ? "" : "s", static_cast<unsigned long long>(octets));
    }
}

}  // namespace

void add_queue_list(CLI::App& group, int&) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App* command = group.add_subcommand("list", "The messages, the oldest first");
    declare(*command, options->selection);
    command->add_option("-f,--format", options->shape, "table (default), or json: one line for each message")
        ->type_name("table|json")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Shape>{{"table", Shape::table}, {"json", Shape::json}}));
    command->add_flag("--mailq", options->mailq, "In the shape of mailq");
    command->callback([options] { told_of_queue([&] { list(*options); }); });
}

}  // namespace postern::app
