// SPDX-License-Identifier: Apache-2.0
// What the connections of one server share. Internal to server and connection.
#pragma once

#include "engine/service/command.h"
#include "engine/service/server.h"

#include <array>
#include <deque>
#include <list>
#include <memory>
#include <string>

namespace postern::engine::service {

class Connection;

struct Server::State : std::enable_shared_from_this<Server::State> {
    State(Loop& the_loop, Pool& the_pool, Events& the_events, ServerOptions the_options);

    Loop& loop;
    Pool& pool;
    Events& events;
    ServerOptions options;
    BelowRoots roots;
    std::shared_ptr<SpoolRoom> room;
    // In the order in which they last did something, the laziest first.
    std::list<std::shared_ptr<Connection>> connections;
    std::deque<std::weak_ptr<Connection>> gate;  // streams that wait for room
    std::vector<Listening> listeners;
    std::vector<std::unique_ptr<Watch>> watches;
    std::vector<bool> accepting;
    bool full = false;  // no listener is waited for
    Timer sweep;
    Timer levels;
    bool levels_due = false;
    std::function<void()> finished;
    std::array<std::byte, 256 * 1024> buffer;  // what was received last, for one call

    void accept_from(std::size_t listener);
    void accept_all();
    bool take_one(const Listening& listener);
    // An idle connection has to go, for the next one. False: none idles.
    bool make_room_for_one();
    void close(Connection& connection, std::string_view reason);
    void open_gate();
    void look_at_clocks();
    void tell_levels();
    void finish_if_done();
    std::string reply_to(Verb verb) const;
};

}  // namespace postern::engine::service
