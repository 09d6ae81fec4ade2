// SPDX-License-Identifier: Apache-2.0
#include "app/queue_json.h"

#include "app/queue_commands.h"

#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;
using relay::QueuedMessage;
using relay::QueuedRecipient;

Json json_of(const QueuedRecipient& recipient) {
    Json json{{"recipient", recipient.path.mailbox}, {"state", name_of(recipient.state)}, {"attempts", recipient.attempts}};
    if (recipient.state == relay::RecipientState::queued) json["next"] = time_text(recipient.next);
    if (recipient.last.reply.empty()) return json;
    json["last"] = {{"time", time_text(recipient.last.at)}, {"host", recipient.last.host}, {"reply", recipient.last.reply}};
    return json;
}

Json json_of(const QueuedMessage& message) {
    const relay::Envelope& envelope = message.envelope;
    Json json{{"id", message.id.text()}, {"arrived", time_text(message.arrived)}, {"size", message.facts.size},
              {"sender", envelope.reverse_path}, {"held", !message.hold.empty()}};
    if (!message.hold.empty()) json["hold"] = message.hold;
    if (!envelope.envelope_id.empty()) json["envelope_id"] = envelope.envelope_id;
    json["client"] = {{"address", envelope.client.address}, {"helo", envelope.client.helo}, {"protocol", envelope.client.protocol},
                      {"tls", envelope.client.tls}, {"user", envelope.client.user}, {"listener", envelope.client.listener}};
    for (const QueuedRecipient& recipient : message.recipients) json["recipients"].push_back(json_of(recipient));
    return json;
}

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

const char* name_of(relay::RecipientState state) {
    switch (state) {
        case relay::RecipientState::queued: return "queued";
        case relay::RecipientState::delivered: return "delivered";
        case relay::RecipientState::failed: return "failed";
        case relay::RecipientState::expired: return "expired";
        case relay::RecipientState::removed: return "removed";
    }
    return "";
}

std::string json_line(const QueuedMessage& message) { return line_of(json_of(message)); }

std::string json_line(const QueuedMessage& message, const std::vector<relay::QueueTool::AttemptRow>& attempts) {
    Json json = json_of(message);
    json["attempts"] = Json::array();
    for (const auto& each : attempts) {
        const bool known = each.position < message.recipients.size();
        json["attempts"].push_back({{"time", time_text(each.at)},
                                    {"recipient", known ? message.recipients[each.position].path.mailbox : ""},
                                    {"host", each.host}, {"reply", each.reply}});
    }
    return line_of(json);
}

}  // namespace postern::app
