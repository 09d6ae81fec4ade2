// SPDX-License-Identifier: Apache-2.0
// `postern queue list`: a line a message, as a table, as JSON, or in the shape that scripts around
// mailq read.
#include "app/queue_commands.h"
#include "app/queue_json.h"
#include "engine/identify.h"

#include <CLI/CLI.hpp>
#include <ctime>

namespace postern::app {

namespace {

using relay::QueuedMessage;
using relay::QueuedRecipient;
using relay::RecipientState;

struct ListOptions {
    QueuePlace place;
    QueueSelection selection;
    QueueFormat format = QueueFormat::table;
    bool mailq = false;
};

struct Total {
    std::size_t messages = 0;
    std::uint64_t octets = 0;
};

// A way to write the list: what stands above it, each message, and what stands below.
struct Shape {
    void (*begin)();
    void (*each)(const QueuedMessage& message);
    void (*end)(const Total& total);
};

void print_row(const QueuedMessage& message) {
    std::string to;
    std::size_t queued = 0;
    std::string why = message.hold;
    for (const QueuedRecipient& each : message.recipients) {
        if (each.state != RecipientState::queued) continue;
        if (queued++ == 0) to = visible_path(each.path.mailbox);
        if (why.empty()) why = each.last.reply;
    }
    if (queued > 1) to += " and " + counted(queued - 1, "other");
    std::printf("%-12s %s %10llu  %-8s  %s  %s%s%s\n", message.id.text().c_str(),
                time_text(message.arrived).c_str(),
                static_cast<unsigned long long>(message.facts.size), name_of(state_of(message)),
                visible_path(message.envelope.reverse_path).c_str(), to.c_str(),
                why.empty() ? "" : "  | ", engine::printable_name(why).c_str());
}

constexpr Shape table{[] {
                          std::printf("%-12s %-20s %10s  %-8s  %s\n", "id", "arrived", "octets",
                                      "state", "sender  recipients  | why");
                      },
                      print_row,
                      [](const Total& total) {
                          std::printf("%s, %llu octets\n",
                                      counted(total.messages, "message").c_str(),
                                      static_cast<unsigned long long>(total.octets));
                      }};

// The columns of `mailq`: id and mark, size, arrival in local time, sender; reasons in parentheses;
// recipients; an empty line.
void print_mailq(const QueuedMessage& message) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(message.arrived);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    char when[32];
    std::strftime(when, sizeof when, "%a %b %e %H:%M:%S", &parts);
    const std::string& from = message.envelope.reverse_path;
    const std::string id = message.id.text() + (message.hold.empty() ? "" : "!");
    std::printf("%-13s %7llu %s  %s\n", id.c_str(),
                static_cast<unsigned long long>(message.facts.size), when,
                from.empty() ? "MAILER-DAEMON" : visible_path(from).c_str());
    std::string last;
    for (const QueuedRecipient& each : message.recipients) {
        if (each.state != RecipientState::queued) continue;
        if (!each.last.reply.empty() && each.last.reply != last)
            std::printf("(%s)\n", each.last.reply.c_str());
        last = each.last.reply;
        std::printf("%41s%s\n", "", visible_path(each.path.mailbox).c_str());
    }
    std::puts("");
}

constexpr Shape mailq{
    [] { std::puts("-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"); },
    print_mailq,
    [](const Total& total) {
        if (total.messages == 0) return static_cast<void>(std::puts("Mail queue is empty"));
        std::printf("-- %llu Kbytes in %s.\n", static_cast<unsigned long long>(total.octets / 1024),
                    counted(total.messages, "Request").c_str());
    }};

constexpr Shape json{[] {},
                     [](const QueuedMessage& message) { std::puts(json_line(message).c_str()); },
                     [](const Total&) {}};

void list(const ListOptions& options) {
    const Shape& shape = options.mailq ? mailq : options.format == QueueFormat::json ? json : table;
    relay::QueueTool tool = options.place.open();
    Total total;
    tool.each(options.selection.filter(), [&](const QueuedMessage& message) {
        if (total.messages++ == 0) shape.begin();
        total.octets += message.facts.size;
        shape.each(message);
    });
    shape.end(total);
}

}  // namespace

void add_queue_list(CLI::App& group) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App* command = group.add_subcommand("list", "The messages, the oldest first");
    declare(*command, options->place);
    declare(*command, options->selection);
    declare(*command, options->format);
    command->add_flag("--mailq", options->mailq, "In the shape of mailq");
    command->callback([options] { told_of_queue([&] { list(*options); }); });
}

}  // namespace postern::app
