// SPDX-License-Identifier: Apache-2.0
#include "relay/access_rules.h"

namespace postern::relay {

AclStep allowed_networks(std::vector<Network> networks, ListenerKind kind) {
    return [networks = std::move(networks), kind](const Question& question) {
        const std::string& text = question.envelope.client.address;
        const auto address = IpAddress::parse(text);
        if (address && contains(networks, *address)) return Ruling::pass();
        return Ruling::refuse(reply_of(kind == ListenerKind::smarthost
                                           ? replies::not_allowed
                                           : replies::not_allowed_submission,
                                       text));
    };
}

AclStep room_on_disk(std::function<std::error_code(std::uint64_t)> room) {
    return [room = std::move(room)](const Question& question) {
        if (!room(question.declared.value_or(0))) return Ruling::pass();
        return Ruling::defer(reply_of(replies::disk_full));
    };
}

}  // namespace postern::relay
