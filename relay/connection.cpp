// SPDX-License-Identifier: Apache-2.0
#include "relay/connection.h"

#include "engine/service/client/async_scan_client.h"
#include "relay/connection_count.h"
#include "relay/proxy_protocol.h"
#include "relay/submission.h"
#include "relay/waiting_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace postern::relay {

namespace asio = boost::asio;

namespace {

using Clock = WaitingSocket::Clock;
using Waited = WaitingSocket::Waited;
using asio::awaitable;

constexpr unsigned reads_in_a_row = 16;  // then others get their turn
constexpr std::chrono::milliseconds proxy_time{10'000};

struct Peer {
    IpAddress address;
    std::uint16_t port = 0;
};

Peer peer_of(int socket) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &length);
    const auto octets = [](const void* from, std::size_t size) {
        return IpAddress::of_octets({static_cast<const char*>(from), size});
    };
    if (storage.ss_family == AF_INET6) {
        const auto& in6 = reinterpret_cast<const sockaddr_in6&>(storage);
        return {octets(&in6.sin6_addr, 16), ntohs(in6.sin6_port)};
    }
    const auto& in = reinterpret_cast<const sockaddr_in&>(storage);
    return {octets(&in.sin_addr, 4), ntohs(in.sin_port)};
}

// Of the thread, so that a connection which only waits has none.
std::span<char> read_buffer() {
    thread_local std::array<char, 65536> buffer;
    return buffer;
}

class SocketConnection final : public Connection,
                               public std::enable_shared_from_this<SocketConnection> {
public:
    SocketConnection(EventLoop& loop, AcceptedSocket accepted, const Surroundings& surroundings)
        : listener_(std::move(accepted.listener)),
          surroundings_(surroundings),
          socket_(std::make_shared<WaitingSocket>(*static_cast<asio::io_context*>(loop.native()),
                                                  accepted.descriptor)),
          peer_(peer_of(accepted.descriptor)) {}

    void start(std::function<void(Connection*)> ended) {
        asio::co_spawn(
            socket_->executor(), [self = shared_from_this()] { return self->run(); },
            [self = shared_from_this(), ended = std::move(ended)](const std::exception_ptr&) {
                ended(self.get());
            });
    }

    void stop() override {
        stopping_ = true;
        socket_->set_last_deadline(Clock::now() + listener_->limits.stop_time);
        if (!session_ || session_->is_idle()) socket_->cancel();
    }

private:
    awaitable<void> run();
    awaitable<bool> proxied();
    awaitable<void> counted();
    awaitable<void> speak();
    awaitable<bool> obey(Action action);
    awaitable<bool> greet();
    awaitable<bool> read();
    awaitable<bool> flush();
    awaitable<bool> start_tls();
    awaitable<void> submit();

    void write(std::string_view octets);
    void open();
    Clock::time_point read_deadline();
    bool leave_off();
    Client client() const;
    void receive(std::string_view octets) {
        moved_ = Clock::now();
        session_->receive(octets);
    }

    std::shared_ptr<const ListenerState> listener_;
    Surroundings surroundings_;
    std::shared_ptr<WaitingSocket> socket_;
    Peer peer_;
    std::string early_;  // what came behind a PROXY header
    std::optional<Session> session_;
    std::unique_ptr<IncomingMessage> incoming_;
    std::string out_;
    Clock::time_point begun_ = Clock::now();
    Clock::time_point asked_ =
        begun_;  // since when the next command, or the message, is waited for
    Clock::time_point moved_ = begun_;  // when octets last came
    unsigned in_a_row_ = 0;
    bool told_ = false;  // what is to be written next was told already
    bool stopping_ = false;
};

awaitable<void> SocketConnection::run() {
    const auto self = shared_from_this();
    bool known = !contains(listener_->options.proxy_protocol_from, peer_.address);
    if (!known) known = co_await proxied();
    if (known) {
        const ReceptionLimits& limits = listener_->limits;
        const std::string name = peer_.address.text();
        const auto verdict =
            surroundings_.count.enter(listener_->options.address, name,
                                      {limits.connections, listener_->options.max_connections,
                                       limits.connections_per_client});
        if (verdict == ConnectionCount::Verdict::room) {
            co_await counted();
            surroundings_.count.leave(listener_->options.address, name);
        } else {
            const bool client = verdict == ConnectionCount::Verdict::client_full;
            const Reply reply = reply_of(
                client ? replies::too_many_connections_client : replies::too_many_connections,
                name);
            std::string octets = wire(reply);
            surroundings_.events.refused({this->client(), octets});
            if (listener_->options.kind != ListenerKind::submissions)
                co_await socket_->write(std::move(octets), limits.write_time);
        }
    }
    co_await socket_->close();
}

// The PROXY header, from a proxy that the configuration names. False: there is none that can be
// understood.
awaitable<bool> SocketConnection::proxied() {
    const auto deadline = Clock::now() + proxy_time;
    for (;;) {
        const ProxyHeader header = parse_proxy_header(early_);
        if (header.kind == ProxyHeader::Kind::malformed || early_.size() > longest_proxy_header)
            break;
        if (header.kind != ProxyHeader::Kind::incomplete) {
            early_.erase(0, header.size);
            if (header.source) peer_ = {*header.source, header.source_port};
            co_return true;
        }
        // Octet by octet: what follows may be a TLS handshake, which reads the socket itself.
        char octet = 0;
        const Stream::Result result = socket_->stream().read({&octet, 1});
        if (result.octets != 0) early_ += octet;
        if (result.wait == Stream::Wait::over) co_return false;
        if (result.octets != 0) continue;
        const Waited waited = co_await socket_->wait(result.wait, deadline);
        if (waited != Waited::ready) break;
    }
    surroundings_.events.told(
        "A proxy, " + peer_.address.text() +
        ", sent no PROXY header that can be understood; its connection is closed. "
        "Let it send one, or take it out of proxy_protocol_from");
    co_return false;
}

Client SocketConnection::client() const {
    Client client;
    client.address = peer_.address.text();
    client.port = peer_.port;
    client.listener = listener_->options.address;
    return client;
}

awaitable<void> SocketConnection::counted() {
    surroundings_.events.connected(client());
    const int on = 1;
    setsockopt(socket_->descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bool good = true;
    if (listener_->options.kind == ListenerKind::submissions) {
        socket_->stream().begin_tls(listener_->tls);
        good = co_await socket_->handshake(Clock::now() + listener_->limits.command_time);
        if (good) surroundings_.events.tls_started(client());
    }
    if (good) {
        const bool old = contains(listener_->options.old_devices, peer_.address);
        session_.emplace(old ? listener_->session_of_old_devices : listener_->session, client(),
                         socket_->stream().tls());
        co_await speak();
    }
    surroundings_.events.disconnected(client());
}

awaitable<void> SocketConnection::speak() {
    bool on = true;
    while (on) {
        const Action action = session_->next();
        on = co_await obey(action);
    }
    incoming_.reset();
}

// False: the connection is over.
awaitable<bool> SocketConnection::obey(Action action) {
    switch (action.kind) {
        case Action::Kind::write:
            write(action.octets);
            co_return true;
        case Action::Kind::store:
            incoming_->append(action.octets);
            co_return true;
        case Action::Kind::ask:
            session_->ruled(listener_->acl->ask(session_->question()));
            co_return true;
        case Action::Kind::open:
            open();
            co_return true;
        case Action::Kind::greet:
            co_return co_await greet();
        case Action::Kind::read:
            co_return co_await read();
        case Action::Kind::submit:
            co_await submit();
            co_return true;
        case Action::Kind::start_tls:
            co_return co_await start_tls();
        case Action::Kind::close:
            break;
    }
    co_await flush();
    co_return false;
}

void SocketConnection::write(std::string_view octets) {
    if (!told_ && (octets.front() == '4' || octets.front() == '5')) {
        surroundings_.events.refused(
            {session_->envelope().client.address.empty() ? client() : session_->envelope().client,
             octets});
    }
    told_ = false;
    out_ += octets;
    asked_ = Clock::now();
}

void SocketConnection::open() {
    incoming_ = surroundings_.queue.receive();
    session_->opened(incoming_->id().text());
}

awaitable<bool> SocketConnection::greet() {
    const auto pause = listener_->limits.greeting_pause;
    if (pause.count() == 0) co_return true;
    const Waited waited = co_await socket_->wait(Stream::Wait::readable, Clock::now() + pause);
    if (waited == Waited::ready) {
        const Stream::Result result = socket_->stream().read(read_buffer());
        if (result.wait == Stream::Wait::over) co_return false;
        if (result.octets != 0) receive(std::string_view(read_buffer().data(), result.octets));
    }
    co_return true;
}

awaitable<bool> SocketConnection::flush() {
    if (out_.empty()) co_return true;
    std::string octets;
    octets.swap(out_);
    co_return co_await socket_->write(std::move(octets), listener_->limits.write_time);
}

Clock::time_point SocketConnection::read_deadline() {
    const ReceptionLimits& limits = listener_->limits;
    if (!session_->in_data()) return asked_ + limits.command_time;
    return std::min(moved_ + limits.read_time, asked_ + limits.message_time);
}

// The service stops, or the session has lasted long enough: it is ended where nothing is lost by
// it.
bool SocketConnection::leave_off() {
    if (!session_->is_idle()) return false;
    const bool old = Clock::now() > begun_ + listener_->limits.session_time;
    if (stopping_ || old) session_->end(stopping_ ? replies::shutting_down : replies::session_over);
    return stopping_ || old;
}

awaitable<bool> SocketConnection::read() {
    const bool flushed = co_await flush();
    if (!flushed) co_return false;
    if (leave_off()) co_return true;
    if (++in_a_row_ % reads_in_a_row == 0)
        co_await asio::post(socket_->executor(), asio::use_awaitable);
    for (;;) {
        const Stream::Result result = socket_->stream().read(read_buffer());
        if (result.octets != 0) {
            receive(std::string_view(read_buffer().data(), result.octets));
            co_return true;
        }
        if (result.wait == Stream::Wait::over) co_return false;
        const Waited waited = co_await socket_->wait(result.wait, read_deadline());
        if (waited == Waited::ready) continue;
        if (waited == Waited::cancelled && leave_off()) co_return true;
        if (waited != Waited::expired) continue;
        session_->end(stopping_ ? replies::shutting_down : replies::timed_out);
        co_return true;
    }
}

awaitable<bool> SocketConnection::start_tls() {
    // Before our "go on" is sent, so that nothing of the handshake is dropped.
    socket_->stream().drop_readable();
    const bool flushed = co_await flush();
    if (!flushed) co_return false;
    socket_->stream().begin_tls(listener_->tls);
    const auto deadline = Clock::now() + listener_->limits.command_time;
    const bool shaken = co_await socket_->handshake(deadline);
    if (!shaken) co_return false;
    session_->tls_started(socket_->stream().tls());
    asked_ = Clock::now();
    surroundings_.events.tls_started(client());
    co_return true;
}

// Behind the final dot: scan, then queue, then the reply; submission.cpp decides.
awaitable<void> SocketConnection::submit() {
    const bool flushed = co_await flush();
    if (!flushed) out_.clear();
    Submission submission(*listener_, *session_, *incoming_);
    if (submission.begin()) {
        // g++ 12 destroys braced temporaries in a co_await's arguments twice, and keeps the outcome of a co_await
        // within a condition where the frame's own pointer is: so names for both, all through this file.
        engine::service::client::ScanRequest request;
        request.descriptor = incoming_->descriptor();
        request.as = engine::service::client::TakenAs::message;
        request.name = submission.id();
        request.id = submission.id();
        const ScannerInForce::Scanner scanner = surroundings_.scanner.get();
        const auto outcome = co_await scanner->scan(request);
        submission.scanned(outcome);
    }
    if (submission.is_to_be_queued()) {
        const auto commit = [&](auto&& handler) {
            auto shared = std::make_shared<std::decay_t<decltype(handler)>>(
                std::forward<decltype(handler)>(handler));
            surroundings_.queue.commit(
                std::move(incoming_), submission.acceptance(),
                [shared, executor = socket_->executor()](std::error_code error) {
                    asio::post(executor, [shared, error]() mutable { (*shared)(error); });
                });
        };
        const std::error_code error =
            co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::error_code)>(
                commit, asio::use_awaitable);
        submission.committed(error);
    }
    incoming_.reset();
    submission.tell(surroundings_.events);
    told_ = true;
    session_->finished(submission.reply());
}

}  // namespace

std::shared_ptr<Connection> serve(EventLoop& loop, AcceptedSocket accepted,
                                  const Surroundings& surroundings,
                                  std::function<void(Connection*)> ended) {
    auto connection = std::make_shared<SocketConnection>(loop, std::move(accepted), surroundings);
    connection->start(std::move(ended));
    return connection;
}

}  // namespace postern::relay
