// SPDX-License-Identifier: Apache-2.0
// ServerList: which of several scanning services gets the next message.
//
// The one of this host is preferred, since it takes a descriptor and no octet is copied; it yields
// when it has more to do than the others by `lead` octets. Among the others the one with the fewest
// octets under way is next. A service that failed is left out, for a time that doubles with every
// failure; then one message asks it first whether it is ready, and it is back when it answers.
//
// Invariants
//  (1) A message is never given twice to the same service.
//  (2) While one service is left that the message has not tried, there is a next one, known as dead
//  or not.
//
// Thread-safe. Shared by all who scan.
#pragma once

#include "engine/service/client/server_address.h"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace postern::engine::service::client {

struct ServerListOptions {
    std::uint64_t lead = 64 << 20;  // octets
    std::chrono::milliseconds first_pause{100};
    std::chrono::milliseconds longest_pause{10'000};
};

class ServerList {
public:
    using Clock = std::chrono::steady_clock;

    // REQUIRES: `addresses` is not empty.
    explicit ServerList(std::vector<ServerAddress> addresses, ServerListOptions options = {});

    // A message's place at a service. To be given back by one of the three below.
    struct Choice {
        std::size_t server = 0;
        std::uint64_t octets = 0;
        bool ask_first = false;  // it was dead when last seen
    };

    // `tried`: the services that had this message, by number. Nothing: all did.
    std::optional<Choice> choose(std::uint64_t octets, const std::vector<std::size_t>& tried,
                                 Clock::time_point now);

    void answered(const Choice& choice);
    void failed(const Choice& choice, Clock::time_point now);
    // Given up by the client; this says nothing about the service.
    void abandoned(const Choice& choice);

    const ServerAddress& address(std::size_t server) const { return servers_[server].address; }
    std::size_t size() const { return servers_.size(); }

    // For statistics: is the service thought to be alive?
    bool is_alive(std::size_t server) const;

private:
    struct Server {
        ServerAddress address;
        std::uint64_t under_way = 0;  // octets
        unsigned failures = 0;        // since it last answered
        Clock::time_point pause_ends{};
    };

    std::optional<std::size_t> due(const std::vector<std::size_t>& untried,
                                   Clock::time_point now) const;
    std::optional<std::size_t> least_loaded(const std::vector<std::size_t>& untried) const;
    std::size_t soonest(const std::vector<std::size_t>& untried) const;
    std::uint64_t weight(const Server& server) const;
    Clock::duration pause(unsigned failures) const;

    const ServerListOptions options_;
    mutable std::mutex mutex_;
    std::vector<Server> servers_;
    std::size_t turn_ = 0;  // who is first among equals
};

}  // namespace postern::engine::service::client
