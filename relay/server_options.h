// SPDX-License-Identifier: Apache-2.0
// What the receiving half is told by the configuration. The values here are the defaults.
#pragma once

#include "relay/network.h"
#include "relay/session_options.h"
#include "relay/tls_context.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace postern::relay {

struct ListenerOptions {
    ListenerKind kind = ListenerKind::smarthost;
    std::string address;                   // "192.0.2.1:25", "[2001:db8::1]:25", "[::]:25"
    std::vector<Network> networks;         // whose mail is taken
    std::optional<bool> tls_required;      // absent: on submission listeners
    std::vector<Network> proxy_protocol_from;
    std::vector<Network> old_devices;      // whose line ends are mended
    std::size_t max_connections = 30'000;

    bool requires_tls() const { return tls_required.value_or(kind != ListenerKind::smarthost); }
    bool operator==(const ListenerOptions&) const = default;
};

struct ReceptionLimits {
    std::uint64_t message_size = 104857600;
    std::size_t recipients = 1000;
    unsigned errors = 20;
    unsigned unknown_commands = 15;
    std::size_t received = 100;
    std::size_t received_here = 10;
    std::size_t connections = 30'000;            // all listeners together
    std::size_t connections_per_client = 15'000;  // from one address: half, so that one leaves room for others
    std::chrono::milliseconds greeting_pause{5};
    std::chrono::milliseconds command_time{300'000};    // for one whole command (RFC 5321 4.5.3.2.7)
    std::chrono::milliseconds read_time{180'000};       // between two pieces of a message
    std::chrono::milliseconds message_time{3'600'000};  // for a whole message
    std::chrono::milliseconds session_time{7'200'000};  // then no new message is begun
    std::chrono::milliseconds write_time{120'000};      // for a reply to be taken
    std::chrono::milliseconds stop_time{60'000};        // for what is under way when the service stops
    bool operator==(const ReceptionLimits&) const = default;
};

struct ServerOptions {
    std::string hostname;
    std::string postmaster;  // where <postmaster> without a domain goes
    std::vector<ListenerOptions> listeners;
    ReceptionLimits limits;
    TlsOptions tls;
    std::vector<std::string> scan_services;  // "unix:/run/postern/scand.sock", "scan1.example.org:3310"
    std::chrono::milliseconds scan_time{180'000};
};

}  // namespace postern::relay
