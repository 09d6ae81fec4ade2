// SPDX-License-Identifier: Apache-2.0
// What a session has to know of its listener and of the limits in force when it began.
#pragma once

#include "relay/line_reader.h"

#include <cstdint>
#include <string>

namespace postern::relay {

// 25: known machines, no TLS asked for. 587: people, STARTTLS. 465: people, TLS from the first
// octet (RFC 8314).
enum class ListenerKind : std::uint8_t { smarthost, submission, submissions };

// What TLS is to a session that has none yet.
enum class TlsOffer : std::uint8_t { none, offered, required };

struct SessionOptions {
    std::string hostname;    // ours, in the greeting and in Received
    std::string postmaster;  // where <postmaster> without a domain goes
    TlsOffer tls = TlsOffer::none;
    LineEnds line_ends =
        LineEnds::strict;  // mended: for old devices; their names may hold underscores, and
                           // blanks may stand around the colon of MAIL FROM: and RCPT TO:
    std::uint64_t message_size = 104857600;  // octets, unstuffed, without our own fields (RFC 1870)
    std::size_t recipients = 1000;           // of a message
    unsigned errors = 20;                    // refused commands in a session
    unsigned unknown_commands = 15;
    std::size_t received = 100;      // Received fields that make a loop (RFC 5321 6.3)
    std::size_t received_here = 10;  // ... those that we wrote
};

}  // namespace postern::relay
