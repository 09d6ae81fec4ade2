// SPDX-License-Identifier: Apache-2.0
// Trace fields (RFC 5321 4.4): what the relay puts in front of a message. One Received and one X-Postern-Scan, whole
// folded lines that end in CR LF.
#pragma once

#include "relay/envelope.h"

#include <ctime>
#include <string>
#include <string_view>

namespace postern::relay {

// "Received: from HELO ([ADDRESS]) by HOSTNAME with ESMTPS (TLS ...) id ID for <...>; date". The recipient is named only
// where there is one, so that nobody learns of the others.
std::string received_field(const Envelope& envelope, std::string_view hostname, std::string_view id, std::time_t when);

// "X-Postern-Scan: id=ID; generation=GENERATION; coverage=complete". Names no finding: those are not for the world.
std::string scan_field_of(std::string_view id, std::string_view generation, std::string_view coverage);

// RFC 5322 3.3, in local time: "Sat, 28 Nov 2026 06:42:52 +0000"
std::string date_time(std::time_t when);

}  // namespace postern::relay
