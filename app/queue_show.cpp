// SPDX-License-Identifier: Apache-2.0
// `postern queue show` and `cat`: all that is known of a message, and its octets.
#include "app/queue_commands.h"
#include "app/queue_json.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace postern::app {

namespace {

struct ShowOptions {
    QueueSelection selection;
    std::string id;
    bool json = false;
};

relay::QueuedMessage found(relay::QueueTool& tool, const std::string& id) {
    std::optional<relay::QueuedMessage> message = tool.find(id_of(id));
    if (!message) throw UsageError(id + ": no such message in the queue; it may have been delivered, see the log");
    return std::move(*message);
}

void print(const char* name, const std::string& value) {
    if (!value.empty()) std::printf("%-12s %s\n", name, value.c_str());
}

void print(const relay::QueuedMessage& message, const std::vector<relay::QueueTool::AttemptRow>& attempts) {
    const relay::Client& client = message.envelope.client;
    print("id", message.id.text());
    print("arrived", time_text(message.arrived));
    print("size", std::to_string(message.facts.size) + " octets");
    print("held", message.hold);
    print("from", "<" + message.envelope.reverse_path + ">");
    print("client", client.address + (client.helo.empty() ? "" : " (" + client.helo + ")") +
                        (client.protocol.empty() ? "" : " by " + client.protocol));
    print("tls", client.tls);
    print("user", client.user);
    print("listener", client.listener);
    for (const relay::QueuedRecipient& each : message.recipients) {
        const bool queued = each.state == relay::RecipientState::queued;
        print("to", "<" + each.path.mailbox + ">  " + name_of(each.state) +
                        (queued && message.hold.empty() ? ", next attempt " + (each.next == relay::Time{} ? "now" : time_text(each.next)) : ""));
    }
    for (const auto& each : attempts) {
        const bool known = each.position < message.recipients.size();
        print("attempt", time_text(each.at) + "  " + (known ? "<" + message.recipients[each.position].path.mailbox + ">  " : "") +
                             each.host + (each.host.empty() ? "" : ": ") + each.reply);
    }
}

void show(const ShowOptions& options) {
    relay::QueueTool tool(options.selection.folder);
    const relay::QueuedMessage message = found(tool, options.id);
    const auto attempts = tool.attempts(message.id);
    if (options.json) {
        std::puts(json_line(message, attempts).c_str());
    } else {
        print(message, attempts);
    }
}

void cat(const ShowOptions& options) {
    relay::QueueTool tool(options.selection.folder);
    const relay::QueuedMessage message = found(tool, options.id);
    const auto content = tool.content(message.id);
    std::string buffer(1 << 16, '\0');
    std::error_code error;
    for (std::uint64_t at = 0; content && at < content->size();) {
        const std::size_t n = content->read(at, buffer, error);
        if (n == 0) break;
        std::fwrite(buffer.data(), 1, n, stdout);
        at += n;
    }
    if (error) throw UsageError(options.id + ": the message could not be read to its end: " + error.message());
}

}  // namespace

void add_queue_show(CLI::App& group, int&) {
    const auto options = std::make_shared<ShowOptions>();
    CLI::App* show_command = group.add_subcommand("show", "All that is known of a message, with every attempt");
    CLI::App* cat_command = group.add_subcommand("cat", "The message itself, as it will be sent");
    for (CLI::App* command : {show_command, cat_command}) {
        declare_folder(*command, options->selection);
        command->add_option("ID", options->id, "Of the message")->required();
    }
    show_command->add_flag("--json", options->json, "As one line of JSON");
    show_command->callback([options] { told_of_queue([&] { show(*options); }); });
    cat_command->callback([options] { told_of_queue([&] { cat(*options); }); });
}

}  // namespace postern::app
