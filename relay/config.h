// SPDX-License-Identifier: Apache-2.0
// The configuration of a relay: values, with their defaults. app/relay_config.h reads them from TOML and
// packaging/postern.toml writes every one of them out.
#pragma once

#include "relay/server_options.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace postern::relay {

struct ScanConfig {
    std::vector<std::string> sets;      // signature sources or a built set; none: the built-in set alone
    std::string policy;                 // a TOML file; empty: the default policy
    std::vector<std::string> services;  // scand's to ask; none: the relay starts one of its own
    std::chrono::milliseconds time{180'000};
};

// Another way for the mail of some domains.
struct RouteConfig {
    std::string domain;  // "example.net"; ".example.net": all below it; "*": all
    std::string host;    // "ADDRESS:PORT" or "NAME:PORT"; empty: by MX
    std::string tls;     // as in DeliveryConfig; empty: as there
};

struct DeliveryConfig {
    std::string smarthost;  // "ADDRESS:PORT", everything goes there; empty: by MX
    std::uint16_t port = 25;
    std::vector<std::chrono::seconds> retry{std::chrono::minutes(5), std::chrono::minutes(15), std::chrono::minutes(30),
                                            std::chrono::hours(1), std::chrono::hours(2), std::chrono::hours(4)};
    std::chrono::seconds expire = std::chrono::hours(24 * 5);
    std::chrono::seconds delay_warning = std::chrono::hours(4);
    std::vector<std::string> source_addresses;
    std::string tls = "may";             // "none", "may", "encrypt" or "verify"
    std::string trusted_certificates;    // PEM; empty: the system's
    std::vector<Network> private_networks;  // an MX may point there, though they are no part of the internet
    std::vector<RouteConfig> routes;
    std::size_t concurrency = 20;   // to one destination
    std::size_t connections = 500;  // to all
};

struct DnsConfig {
    std::vector<std::string> servers;  // "ADDRESS:PORT"; none: as the system has it
    std::string trust_anchor;          // a file; empty: no DNSSEC
};

struct LogConfig {
    std::string target = "stderr";     // "stderr", "journal", "syslog", or a file
    std::string format = "text";       // or "json"
    std::string level = "information"; // "information", "warning", "error"
};

struct RelayConfig {
    std::string state_directory = "/var/lib/postern";
    unsigned threads = 0;  // of the receiving half; 0: one for each core
    ServerOptions server;  // its scan_services and scan_time are filled from `scan`
    ScanConfig scan;
    DeliveryConfig delivery;
    DnsConfig dns;
    LogConfig log;
    std::string metrics_address;  // empty: none
};

// With the listeners that hold where the configuration names none: port 25 of this machine, for itself.
RelayConfig default_relay_config();

}  // namespace postern::relay
