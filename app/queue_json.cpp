// SPDX-License-Identifier: Apache-2.0
// Written from left to right, without a tree in between: a hundred thousand messages are listed in
// a second.
#include "app/queue_json.h"

#include "app/queue_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using nlohmann::json;
using relay::QueuedMessage;
using relay::QueuedRecipient;

bool is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

class JsonObject {
public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

    JsonObject& text(std::string_view name, std::string_view value) {
        key(name);
        if (std::all_of(value.begin(), value.end(), is_plain)) {
            out_.append("\"").append(value).append("\"");
        } else {
            out_ += json(value).dump(-1, ' ', false, json::error_handler_t::replace);
        }
        return *this;
    }
    JsonObject& number(std::string_view name, std::uint64_t value) {
        key(name);
        out_ += std::to_string(value);
        return *this;
    }
    template <typename Write>
    JsonObject& object(std::string_view name, Write write) {
        key(name);
        JsonObject inner(out_);
        write(inner);
        inner.end();
        return *this;
    }
    template <typename Items, typename Write>
    JsonObject& list(std::string_view name, const Items& items, Write write) {
        key(name);
        out_ += '[';
        for (const auto& item : items) {
            if (&item != &*items.begin()) out_ += ',';
            JsonObject inner(out_);
            write(inner, item);
            inner.end();
        }
        out_ += ']';
        return *this;
    }
    void end() { out_ += '}'; }

private:
    void key(std::string_view name) {
        if (out_.back() != '{') out_ += ',';
        out_.append("\"").append(name).append("\":");
    }

    std::string& out_;
};

void write(JsonObject& to, const QueuedRecipient& recipient) {
    to.text("recipient", recipient.path.mailbox).text("state", name_of(recipient.state));
    to.number("attempts", recipient.attempts);
    if (recipient.state == relay::RecipientState::queued)
        to.text("next", time_text(recipient.next));
    if (recipient.last.reply.empty()) return;
    to.object("last", [&](JsonObject& last) {
        last.text("time", time_text(recipient.last.at)).text("host", recipient.last.host);
        last.text("reply", recipient.last.reply);
    });
}

void write(JsonObject& to, const relay::Client& client) {
    to.text("address", client.address).text("helo", client.helo).text("protocol", client.protocol);
    to.text("tls", client.tls).text("user", client.user).text("listener", client.listener);
}

void write(JsonObject& to, const QueuedMessage& message) {
    const relay::Envelope& envelope = message.envelope;
    to.text("id", message.id.text())
        .text("arrived", time_text(message.arrived))
        .number("size", message.facts.size);
    to.text("state", name_of(state_of(message))).text("sender", envelope.reverse_path);
    if (!message.hold.empty()) to.text("hold", message.hold);
    if (!envelope.envelope_id.empty()) to.text("envelope_id", envelope.envelope_id);
    to.object("client", [&](JsonObject& client) { write(client, envelope.client); });
    to.list("recipients", message.recipients,
            [](JsonObject& each, const QueuedRecipient& recipient) { write(each, recipient); });
}

}  // namespace

std::string json_line(const QueuedMessage& message) {
    std::string line;
    JsonObject object(line);
    write(object, message);
    object.end();
    return line;
}

std::string json_line(const QueuedMessage& message,
                      const std::vector<relay::QueueTool::AttemptRow>& attempts) {
    std::string line;
    JsonObject object(line);
    write(object, message);
    object.list(
        "attempts", attempts, [&](JsonObject& each, const relay::QueueTool::AttemptRow& attempt) {
            const bool known = attempt.position < message.recipients.size();
            each.text("time", time_text(attempt.at));
            each.text("recipient", known ? message.recipients[attempt.position].path.mailbox : "");
            each.text("host", attempt.host).text("reply", attempt.reply);
        });
    object.end();
    return line;
}

}  // namespace postern::app
