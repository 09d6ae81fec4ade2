// SPDX-License-Identifier: Apache-2.0
// Delivery: what is in the queue goes out. Coroutines on one thread of its own obey the machines: Schedule says
// what goes where and when, ClientSession what is said, make_report() what the sender hears.
//
// A lane is a connection with a coroutine. It takes one message after the other for its destination, and leaves its
// connection behind for the next lane; connections that nobody wants for two seconds say QUIT.
#pragma once

#include "relay/client.h"
#include "relay/delivery_events.h"
#include "relay/mail_hosts.h"
#include "relay/queue.h"
#include "relay/schedule.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace postern::relay {

// Where the mail of some domains goes, and how.
struct Route {
    std::string domain;     // "example.net"; ".example.net": all below it; "*": all
    std::string host;       // a name or an address; empty: by MX
    std::uint16_t port = 0; // 0: DeliveryOptions::port
    std::optional<TlsPolicy> tls;
    bool operator==(const Route&) const = default;
};

struct DeliveryOptions {
    std::string hostname;                       // of EHLO and reports
    std::vector<Route> routes;                  // the most exact domain wins; the smart host is the route of "*"
    std::uint16_t port = 25;
    TlsPolicy tls = TlsPolicy::may;
    std::string trusted_certificates;           // PEM; empty: the system's
    std::vector<std::chrono::seconds> retry{std::chrono::minutes(5), std::chrono::minutes(15), std::chrono::minutes(30),
                                            std::chrono::hours(1), std::chrono::hours(2), std::chrono::hours(4)};
    std::vector<std::string> source_addresses;  // one of IPv4 and one of IPv6 at most are used; empty: the system's choice
    ScheduleLimits limits;
    std::size_t recipients_per_transaction = 100;
    std::size_t messages_per_connection = 100;
    ClientTimes times;
    // Whether an address out of the DNS may be sent to. Absent: those of the internet that are not ours.
    std::function<bool(const std::string& address)> may_use;
};

class Delivery {
public:
    // REQUIRES: queue, resolver and events outlive it. Nothing else uses the queue's on_due(). Throws TlsError.
    Delivery(Queue& queue, Resolver& resolver, DeliveryEvents& events, DeliveryOptions options);
    ~Delivery();

    void start();
    // For attempts that begin from now on. Thread-safe. Certificates that cannot be read are told, and change nothing.
    void reload(DeliveryOptions options);
    // Whether its thread comes round within that time. Thread-safe; blocks.
    bool turns(std::chrono::milliseconds patience) const;
    // Begins nothing new, waits so long for what is under way, then breaks it off. Thread-safe; blocks.
    void stop(std::chrono::seconds patience);

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

// The route of a domain among those, or none.
const Route* route_of(const std::vector<Route>& routes, const std::string& domain);
// When to try again after so many attempts, `lot` in [0, 1): the schedule's entry, give or take a tenth.
std::chrono::milliseconds pause_after(const std::vector<std::chrono::seconds>& retry, std::uint32_t attempts, double lot);

}  // namespace postern::relay
