// SPDX-License-Identifier: Apache-2.0
#include "relay/server.h"

#include "engine/service/client/async_scan_client.h"
#include "relay/access_rules.h"
#include "relay/connection.h"
#include "relay/connection_count.h"
#include "relay/event_loop.h"
#include "relay/listening_socket.h"

#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace postern::relay {

namespace asio = boost::asio;

namespace {

// A loop, its thread, and what lives on it.
struct Worker {
    EventLoop loop;
    std::unordered_map<Connection*, std::shared_ptr<Connection>>
        connections;  // the loop's thread only
    std::thread thread;
};

// One address that is listened on. Lives on the first loop.
struct Listener {
    Listener(asio::io_context& context, ListeningSocket socket_to_own)
        : socket(std::move(socket_to_own)),
          descriptor(context, socket.descriptor()),
          pause(context) {}
    ~Listener() { descriptor.release(); }

    ListeningSocket socket;
    asio::posix::stream_descriptor descriptor;  // for waiting
    asio::steady_timer pause;                   // when there are no descriptors left
    std::shared_ptr<const ListenerState> state;
};

std::shared_ptr<const SessionOptions> session_options(const ServerOptions& options,
                                                      const ListenerOptions& listener,
                                                      LineEnds ends) {
    auto session = std::make_shared<SessionOptions>();
    session->hostname = options.hostname;
    session->postmaster = options.postmaster;
    session->line_ends = ends;
    session->message_size = options.limits.message_size;
    session->recipients = options.limits.recipients;
    session->errors = options.limits.errors;
    session->unknown_commands = options.limits.unknown_commands;
    session->received = options.limits.received;
    session->received_here = options.limits.received_here;
    if (!options.tls.certificate.empty())
        session->tls = listener.requires_tls() ? TlsOffer::required : TlsOffer::offered;
    return session;
}

std::vector<engine::service::client::ServerAddress> scan_services(const ServerOptions& options) {
    std::vector<engine::service::client::ServerAddress> services;
    for (const std::string& service : options.scan_services)
        services.push_back(engine::service::client::parse_server_address(service));
    return services;
}

}  // namespace

struct Server::State {
    State(Queue& a_queue, ReceptionEvents& an_observer) : queue(a_queue), events(an_observer) {}

    asio::io_context& context() {
        return *static_cast<asio::io_context*>(workers.front()->loop.native());
    }
    std::vector<std::shared_ptr<const ListenerState>> states_for(const ServerOptions& options);
    static ScannerInForce::Scanner scanner_for(const ServerOptions& options);
    void accept(const std::shared_ptr<Listener>& listener);
    void accept_all(const std::shared_ptr<Listener>& listener);
    void hand_over(int socket, const std::shared_ptr<const ListenerState>& state);
    void put_in_force(const ServerOptions& options);
    void on_first_loop(const std::function<void()>& task);

    Queue& queue;
    ReceptionEvents& events;
    ConnectionCount count;
    ScannerInForce scanner;
    std::vector<std::unique_ptr<Worker>> workers;
    std::size_t next_worker = 0;
    std::vector<std::shared_ptr<Listener>>
        listeners;             // changed on the first loop only, once it runs
    mutable std::mutex mutex;  // of `bound`
    std::vector<std::string> bound;
    bool running = false;
    std::atomic<bool> stopping = false;
};

std::vector<std::shared_ptr<const ListenerState>> Server::State::states_for(
    const ServerOptions& options) {
    const auto tls =
        options.tls.certificate.empty() ? nullptr : std::make_shared<const TlsContext>(options.tls);
    std::vector<std::shared_ptr<const ListenerState>> states;
    for (const ListenerOptions& listener : options.listeners) {
        auto acl = std::make_shared<Acl>();
        acl->add(Stage::mail,
                 room_on_disk([this](std::uint64_t octets) { return queue.room(octets); }));
        acl->add(Stage::rcpt, allowed_networks(listener.networks, listener.kind));
        states.push_back(std::make_shared<const ListenerState>(ListenerState{
            listener, options.limits, session_options(options, listener, LineEnds::strict),
            session_options(options, listener, LineEnds::mended), tls, std::move(acl)}));
    }
    return states;
}

ScannerInForce::Scanner Server::State::scanner_for(const ServerOptions& options) {
    engine::service::client::ClientTimeouts timeouts;
    timeouts.total = options.scan_time;
    return std::make_shared<engine::service::client::AsyncScanClient>(scan_services(options), timeouts);
}

// Binds what is new, then changes everything at once: nothing can go wrong any more.
void Server::State::put_in_force(const ServerOptions& options) {
    const auto states = states_for(options);
    const auto new_scanner = scanner_for(options);
    std::vector<std::shared_ptr<Listener>> wanted;
    std::vector<std::shared_ptr<Listener>> fresh;
    for (const auto& state : states) {
        const auto same =
            std::find_if(listeners.begin(), listeners.end(), [&](const auto& listener) {
                return listener->socket.configured() == state->options.address;
            });
        if (same == listeners.end())
            fresh.push_back(
                std::make_shared<Listener>(context(), ListeningSocket(state->options.address)));
        wanted.push_back(same == listeners.end() ? fresh.back() : *same);
    }
    for (const auto& listener : listeners) {
        if (std::find(wanted.begin(), wanted.end(), listener) == wanted.end())
            listener->descriptor.cancel();
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i]->state = states[i];
    listeners = wanted;
    scanner.put(new_scanner);
    if (running) {
        for (const auto& listener : fresh) accept(listener);
    }
    const std::lock_guard lock(mutex);
    bound.clear();
    for (const auto& listener : listeners) bound.push_back(listener->socket.bound());
}

void Server::State::accept(const std::shared_ptr<Listener>& listener) {
    listener->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                    [this, listener](const boost::system::error_code& error) {
                                        if (!error) accept_all(listener);
                                    });
}

void Server::State::accept_all(const std::shared_ptr<Listener>& listener) {
    constexpr int at_once = 64;
    for (int i = 0; i < at_once; ++i) {
        const int socket = ::accept4(listener->socket.descriptor(), nullptr, nullptr,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            hand_over(socket, listener->state);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            events.told("No more connections can be taken: " +
                        std::generic_category().message(errno));
            listener->pause.expires_after(std::chrono::milliseconds(100));
            return listener->pause.async_wait(
                [this, listener](const boost::system::error_code& error) {
                    if (!error) accept(listener);
                });
        } else if (errno != ECONNABORTED && errno != EINTR) {
            break;
        }
    }
    accept(listener);
}

void Server::State::hand_over(int socket, const std::shared_ptr<const ListenerState>& state) {
    Worker& worker = *workers[next_worker++ % workers.size()];
    worker.loop.post([this, &worker, socket, state] {
        if (stopping) return static_cast<void>(::close(socket));
        auto connection = serve(
            worker.loop, {socket, state}, {queue, events, count, scanner}, [&worker](Connection* ended) {
                worker.loop.post([&worker, ended] { worker.connections.erase(ended); });
            });
        worker.connections.emplace(connection.get(), connection);
    });
}

void Server::State::on_first_loop(const std::function<void()>& task) {
    std::packaged_task<void()> packaged(task);
    auto done = packaged.get_future();
    workers.front()->loop.post([&packaged] { packaged(); });
    done.get();
}

Server::Server(const ServerOptions& options, Queue& queue, ReceptionEvents& events)
    : state_(std::make_unique<State>(queue, events)) {
    state_->workers.push_back(std::make_unique<Worker>());
    state_->put_in_force(options);
}

Server::~Server() {
    if (state_->running) stop();
}

void Server::start(unsigned threads) {
    while (state_->workers.size() < threads) state_->workers.push_back(std::make_unique<Worker>());
    state_->running = true;
    for (const auto& listener : state_->listeners) state_->accept(listener);
    for (const auto& worker : state_->workers) {
        worker->thread = std::thread([&loop = worker->loop] { loop.run(); });
    }
}

void Server::reload(const ServerOptions& options) {
    state_->on_first_loop([&] { state_->put_in_force(options); });
}

void Server::stop() {
    state_->stopping = true;
    state_->on_first_loop([this] {
        for (const auto& listener : state_->listeners) {
            listener->descriptor.cancel();
            listener->pause.cancel();
        }
        state_->listeners.clear();
    });
    for (const auto& worker : state_->workers) {
        worker->loop.post([&worker = *worker] {
            for (const auto& [pointer, connection] : worker.connections) connection->stop();
        });
    }
    for (const auto& worker : state_->workers) worker->loop.finish();
    for (const auto& worker : state_->workers) worker->thread.join();
    state_->running = false;
}

std::vector<std::string> Server::addresses() const {
    const std::lock_guard lock(state_->mutex);
    return state_->bound;
}

bool Server::turns(std::chrono::milliseconds patience) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::vector<std::future<void>> rounds;
    for (const auto& worker : state_->workers) {
        const auto round = std::make_shared<std::promise<void>>();
        rounds.push_back(round->get_future());
        worker->loop.post([round] { round->set_value(); });
    }
    return std::all_of(rounds.begin(), rounds.end(), [&](std::future<void>& round) {
        return round.wait_until(deadline) == std::future_status::ready;
    });
}

bool Server::has_scanner() const {
    const auto scanner = state_->scanner.get();
    const auto& servers = scanner->servers();
    for (std::size_t i = 0; i < servers.size(); ++i) {
        if (servers.is_alive(i)) return true;
    }
    return false;
}

std::size_t Server::connections() const {
    return state_->count.all();
}

}  // namespace postern::relay
