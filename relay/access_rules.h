// SPDX-License-Identifier: Apache-2.0
// The rules that a relay begins with: whose mail it takes, and whether there is room for it. Later ones (senders'
// domains, logins, rates) are steps beside these.
#pragma once

#include "relay/acl.h"
#include "relay/server_options.h"

#include <functional>
#include <system_error>

namespace postern::relay {

// Only clients in `networks` may send; told at RCPT, where a log shows sender and recipient too.
AclStep allowed_networks(std::vector<Network> networks, ListenerKind kind);
// `room` says whether so many octets find a place; 452 at MAIL if not.
AclStep room_on_disk(std::function<std::error_code(std::uint64_t)> room);

}  // namespace postern::relay
