// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/server_list.h"

#include <algorithm>

namespace postern::engine::service::client {

namespace {

// A message costs more than its octets; without this, any number of small ones would weigh nothing.
constexpr std::uint64_t octets_of_any_message = 16 << 10;

}  // namespace

ServerList::ServerList(std::vector<ServerAddress> addresses, ServerListOptions options)
    : options_(options) {
    for (ServerAddress& address : addresses) servers_.push_back({std::move(address)});
}

std::optional<ServerList::Choice> ServerList::choose(std::uint64_t octets,
                                                     const std::vector<std::size_t>& tried,
                                                     Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    std::vector<std::size_t> untried;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
        const std::size_t server = (turn_ + i) % servers_.size();
        if (std::find(tried.begin(), tried.end(), server) == tried.end()) untried.push_back(server);
    }
    if (untried.empty()) return std::nullopt;
    std::optional<std::size_t> server = due(untried, now);
    if (!server) server = least_loaded(untried);
    if (!server) server = soonest(untried);
    Server& chosen = servers_[*server];
    Choice choice{*server, octets + octets_of_any_message, chosen.failures > 0};
    // One message asks; the others need not wait for what it learns.
    if (chosen.failures > 0) chosen.pause_ends = now + pause(chosen.failures);
    chosen.under_way += choice.octets;
    turn_ = (*server + 1) % servers_.size();
    return choice;
}

// A dead one whose pause is over.
std::optional<std::size_t> ServerList::due(const std::vector<std::size_t>& untried,
                                           Clock::time_point now) const {
    for (const std::size_t i : untried) {
        if (servers_[i].failures > 0 && servers_[i].pause_ends <= now) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> ServerList::least_loaded(const std::vector<std::size_t>& untried) const {
    std::optional<std::size_t> best;
    for (const std::size_t i : untried) {
        if (servers_[i].failures > 0) continue;
        if (!best || weight(servers_[i]) < weight(servers_[*best])) best = i;
    }
    return best;
}

// All are dead: the one that would be asked next.
std::size_t ServerList::soonest(const std::vector<std::size_t>& untried) const {
    return *std::min_element(untried.begin(), untried.end(), [&](std::size_t a, std::size_t b) {
        return servers_[a].pause_ends < servers_[b].pause_ends;
    });
}

std::uint64_t ServerList::weight(const Server& server) const {
    if (!server.address.is_local()) return server.under_way + options_.lead;
    return server.under_way;
}

ServerList::Clock::duration ServerList::pause(unsigned failures) const {
    const unsigned doublings = std::min(failures - 1, 16u);
    return std::min(options_.first_pause * (1u << doublings), options_.longest_pause);
}

void ServerList::answered(const Choice& choice) {
    const std::lock_guard lock(mutex_);
    Server& server = servers_[choice.server];
    server.under_way -= choice.octets;
    server.failures = 0;
}

void ServerList::failed(const Choice& choice, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    Server& server = servers_[choice.server];
    server.under_way -= choice.octets;
    // Many messages may be under way when a service dies; together they are one failure.
    if (server.failures == 0 || choice.ask_first) ++server.failures;
    server.pause_ends = now + pause(server.failures);
}

void ServerList::abandoned(const Choice& choice) {
    const std::lock_guard lock(mutex_);
    servers_[choice.server].under_way -= choice.octets;
}

bool ServerList::is_alive(std::size_t server) const {
    const std::lock_guard lock(mutex_);
    return servers_[server].failures == 0;
}

}  // namespace postern::engine::service::client
