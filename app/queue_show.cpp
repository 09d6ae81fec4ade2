// SPDX-License-Identifier: Apache-2.0
// `postern queue show` and `cat`: all that is known of a message, and its octets.
#include "app/queue_commands.h"
#include "app/queue_json.h"
#include "engine/identify.h"

#include <CLI/CLI.hpp>

namespace postern::app {

namespace {

using relay::QueuedMessage;
using relay::QueuedRecipient;
using Attempts = std::vector<relay::QueueTool::AttemptRow>;

struct ShowOptions {
    QueuePlace place;
    std::string id;
    QueueFormat format = QueueFormat::table;
};

QueuedMessage found(relay::QueueTool& tool, const std::string& id) {
    std::optional<QueuedMessage> message = tool.find(id_of(id));
    if (!message)
        throw UsageError(id +
                         ": no such message in the queue; it may have been delivered, see the log");
    return std::move(*message);
}

void print(const char* name, const std::string& value) {
    if (!value.empty()) std::printf("%-12s %s\n", name, engine::printable_name(value).c_str());
}

std::string in_brackets(const std::string& mailbox) {
    return "<" + mailbox + ">";
}

std::string told_of(const QueuedRecipient& recipient, bool held) {
    std::string text = in_brackets(recipient.path.mailbox) + "  " + name_of(recipient.state);
    if (recipient.state != relay::RecipientState::queued || held) return text;
    const bool due = recipient.next <= relay::now();
    return text + ", next attempt " + (due ? "now" : time_text(recipient.next));
}

void print(const QueuedMessage& message, const Attempts& attempts) {
    const relay::Client& client = message.envelope.client;
    print("id", message.id.text());
    print("arrived", time_text(message.arrived));
    print("size", std::to_string(message.facts.size) + " octets");
    print("held", message.hold);
    print("from", in_brackets(message.envelope.reverse_path));
    print("client", client.address + (client.helo.empty() ? "" : " (" + client.helo + ")") +
                        (client.protocol.empty() ? "" : " by " + client.protocol));
    print("tls", client.tls);
    print("user", client.user);
    print("listener", client.listener);
    for (const QueuedRecipient& each : message.recipients)
        print("to", told_of(each, !message.hold.empty()));
    for (const auto& each : attempts) {
        const bool known = each.position < message.recipients.size();
        const std::string to =
            known ? in_brackets(message.recipients[each.position].path.mailbox) + "  " : "";
        print("attempt", time_text(each.at) + "  " + to + each.host +
                             (each.host.empty() ? "" : ": ") + each.reply);
    }
}

void show(const ShowOptions& options) {
    relay::QueueTool tool = options.place.open();
    const QueuedMessage message = found(tool, options.id);
    const Attempts attempts = tool.attempts(message.id);
    if (options.format == QueueFormat::json) {
        std::puts(json_line(message, attempts).c_str());
    } else {
        print(message, attempts);
    }
}

void cat(const ShowOptions& options) {
    relay::QueueTool tool = options.place.open();
    const QueuedMessage message = found(tool, options.id);
    const auto content = tool.content(message.id);
    std::string buffer(1 << 16, '\0');
    std::error_code error;
    for (std::uint64_t at = 0; content && at < content->size();) {
        const std::size_t n = content->read(at, buffer, error);
        if (n == 0)
            throw UsageError(options.id +
                             ": the message could not be read to its end: " + error.message());
        std::fwrite(buffer.data(), 1, n, stdout);
        at += n;
    }
}

}  // namespace

void add_queue_show(CLI::App& group) {
    const auto options = std::make_shared<ShowOptions>();
    CLI::App* show_command =
        group.add_subcommand("show", "All that is known of a message, with every attempt");
    CLI::App* cat_command = group.add_subcommand("cat", "The message itself, as it will be sent");
    for (CLI::App* command : {show_command, cat_command}) {
        declare(*command, options->place);
        command->add_option("ID", options->id, "Of the message")->required();
    }
    declare(*show_command, options->format);
    show_command->callback([options] { told_of_queue([&] { show(*options); }); });
    cat_command->callback([options] { told_of_queue([&] { cat(*options); }); });
}

}  // namespace postern::app
