// SPDX-License-Identifier: Apache-2.0
#include "engine/service/server.h"

#include "engine/service/connection.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace postern::engine::service {

namespace {

constexpr std::chrono::milliseconds sweep_time{250};
constexpr std::chrono::milliseconds level_time{100};
constexpr int accepts_a_turn = 64;

ClientName name_of_client(int socket, bool local) {
    ClientName name;
    name.local = local;
    if (local) {
        ucred who{};
        socklen_t size = sizeof who;
        ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size);
        name.text = "unix:pid=" + std::to_string(who.pid) + ",uid=" + std::to_string(who.uid);
        return name;
    }
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size);
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    ::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host.data(), host.size(),
                  port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
    const std::string text = host.data();
    name.text = (address.ss_family == AF_INET6 ? "[" + text + "]" : text) + ":" + port.data();
    return name;
}

}  // namespace

Server::State::State(Loop& the_loop, Pool& the_pool, Events& the_events, ServerOptions the_options)
    : loop(the_loop),
      pool(the_pool),
      events(the_events),
      options(std::move(the_options)),
      roots(options.roots),
      room(std::make_shared<SpoolRoom>(options.room)),
      sweep(the_loop),
      levels(the_loop) {}

void Server::State::accept_from(std::size_t listener) {
    if (accepting[listener] || watches.empty()) return;
    accepting[listener] = true;
    watches[listener]->when_readable([this, listener] {
        accepting[listener] = false;
        for (int i = 0; i < accepts_a_turn; ++i) {
            if (connections.size() >= options.limits.connections && !make_room_for_one()) {
                full = true;
                return;
            }
            if (!take_one(listeners[listener])) break;
        }
        accept_from(listener);
    });
}

void Server::State::accept_all() {
    for (std::size_t i = 0; i < watches.size(); ++i) accept_from(i);
}

bool Server::State::take_one(const Listening& listener) {
    Descriptor socket(
        ::accept4(listener.socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) return errno == ECONNABORTED || errno == EINTR;
    ClientName name = name_of_client(socket.get(), listener.local);
    if (!listener.local) {
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    events.connection_opened(name);
    const auto connection =
        std::make_shared<Connection>(shared_from_this(), std::move(socket), std::move(name));
    connection->place = connections.insert(connections.end(), connection);
    levels_due = true;
    connection->begin();
    return true;
}

bool Server::State::make_room_for_one() {
    // The laziest are in front; behind so many that work, none that idles is looked for.
    constexpr int most = 64;
    int looked_at = 0;
    for (const auto& connection : connections) {
        if (++looked_at > most) break;
        if (!connection->idles()) continue;
        close(*std::shared_ptr(connection), "idle, and others wait");
        return true;
    }
    return false;
}

void Server::State::close(Connection& connection, std::string_view reason) {
    events.connection_closed(connection.name(), reason);
    // Whoever calls is the connection itself, or holds it: it ends when that lets go.
    const std::shared_ptr<Connection> kept = *connection.place;
    connections.erase(connection.place);
    loop.post([kept] {});
    levels_due = true;
    if (std::exchange(full, false)) accept_all();
    finish_if_done();
}

void Server::State::open_gate() {
    while (!gate.empty() && room->held <= options.limits.held) {
        const auto connection = gate.front().lock();
        gate.pop_front();
        if (connection) connection->go_on();
    }
}

void Server::State::look_at_clocks() {
    const auto now = Clock::now();
    std::vector<std::shared_ptr<Connection>> late;
    for (const auto& connection : connections) {
        if (connection->deadline() < now) late.push_back(connection);
    }
    for (const auto& connection : late) connection->time_out();
    open_gate();
    if (std::exchange(full, false)) accept_all();
    sweep.after(sweep_time, [this] { look_at_clocks(); });
}

void Server::State::tell_levels() {
    if (std::exchange(levels_due, false)) {
        Load load;
        load.connections = connections.size();
        load.scans_waiting = pool.waiting();
        load.scans_running = pool.running();
        load.bytes_held = room->held;
        load.bytes_allowed = options.limits.held;
        load.streams_waiting = gate.size();
        events.load_changed(load);
    }
    levels.after(level_time, [this] { tell_levels(); });
}

void Server::State::finish_if_done() {
    if (!finished) return;
    for (const auto& connection : connections) {
        if (connection->busy()) return;
    }
    loop.post(std::exchange(finished, nullptr));
}

Server::Server(Loop& loop, Pool& pool, Events& events, ServerOptions options)
    : state_(std::make_shared<State>(loop, pool, events, std::move(options))) {
    state_->look_at_clocks();
    state_->tell_levels();
}

Server::~Server() {
    state_->watches.clear();
    state_->connections.clear();
    for (const Listening& listener : state_->listeners) {
        if (!listener.owned_path.empty()) ::unlink(listener.owned_path.c_str());
    }
}

void Server::serve(std::vector<Listening> listeners) {
    state_->listeners = std::move(listeners);
    for (const Listening& listener : state_->listeners) {
        state_->watches.push_back(std::make_unique<Watch>(state_->loop, listener.socket.get()));
    }
    state_->accepting.assign(state_->listeners.size(), false);
    state_->accept_all();
}

void Server::finish(std::function<void()> done) {
    state_->watches.clear();
    state_->finished = std::move(done);
    state_->finish_if_done();
}

void Server::levels_changed() {
    state_->levels_due = true;
    if (!state_->gate.empty()) state_->open_gate();
    state_->finish_if_done();
}

}  // namespace postern::engine::service
