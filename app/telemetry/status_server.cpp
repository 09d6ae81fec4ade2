// SPDX-License-Identifier: Apache-2.0
#include "app/telemetry/status_server.h"

#include "app/errors.h"

#include <pthread.h>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <csignal>
#include <optional>
#include <thread>
#include <utility>

namespace postern::app::telemetry {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr std::size_t most_connections = 32;
constexpr std::chrono::seconds patience{5};

[[noreturn]] void refuse(const std::string& address, const std::string& what) {
    throw UsageError("\"" + address + "\" " + what +
                     "; write the address for metrics as 127.0.0.1:9464 or [::1]:9464");
}

tcp::endpoint endpoint_of(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos) refuse(address, "has no port");
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    unsigned short port = 0;
    const char* end = address.data() + address.size();
    const auto parsed = std::from_chars(address.data() + colon + 1, end, port);
    if (parsed.ec != std::errc{} || parsed.ptr != end) refuse(address, "has no port");
    boost::system::error_code error;
    const auto number = asio::ip::make_address(host, error);
    if (error) refuse(address, "has no number of a host");
    return {number, port};
}

// A thread of the library takes no signals: they are the program's.
class BlockedSignals {
public:
    BlockedSignals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

}  // namespace

struct StatusServer::State {
    explicit State(StatusPages its_pages) : pages(std::move(its_pages)) {}

    asio::awaitable<void> accept();
    asio::awaitable<void> serve(tcp::socket socket);

    const StatusPages pages;
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
    asio::steady_timer room{context};  // cancelled when a connection ends
    std::size_t connections = 0;
    std::thread thread;
};

asio::awaitable<void> StatusServer::State::accept() {
    boost::system::error_code error;
    while (true) {
        if (connections >= most_connections) {
            room.expires_after(patience);
            co_await room.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        tcp::socket socket =
            co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error) {  // out of descriptors, say: later there may be one
            room.expires_after(std::chrono::milliseconds(100));
            co_await room.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        ++connections;
        asio::co_spawn(context, serve(std::move(socket)), asio::detached);
    }
}

asio::awaitable<void> StatusServer::State::serve(tcp::socket socket) {
    boost::system::error_code error;
    asio::steady_timer deadline(context, patience);
    deadline.async_wait([&socket](boost::system::error_code cancelled) {
        boost::system::error_code ignored;
        if (!cancelled) socket.close(ignored);
    });
    StatusRequest request(pages);
    std::array<char, 2048> buffer;
    bool whole = false;
    while (!whole && !error) {
        const std::size_t length = co_await socket.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
        whole = request.received({buffer.data(), length});
    }
    if (whole) {
        co_await asio::async_write(socket, asio::buffer(request.reply()),
                                   asio::redirect_error(asio::use_awaitable, error));
        socket.shutdown(tcp::socket::shutdown_both, error);
    }
    // The timer's handler looks at the socket no more once it was cancelled in time; and if it ran,
    // it is over.
    deadline.cancel();
    socket.close(error);
    --connections;
    room.cancel();
}

StatusPages status_pages(const Metrics& metrics, HealthChecks checks) {
    return [&metrics, checks = std::move(checks)](std::string_view path) -> StatusPage {
        const auto health = [](const std::string& trouble) -> StatusPage {
            if (trouble.empty()) return {.body = "ok\n"};
            return {.code = 503, .body = trouble + "\n"};
        };
        if (path == "/metrics")
            return {.type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics.text()};
        if (path == "/healthz") return health(checks.healthy());
        if (path == "/readyz") return health(checks.ready());
        return {.code = 404,
                .body = "Nothing is here; there are /metrics, /healthz and /readyz.\n"};
    };
}

StatusServer::StatusServer(const std::string& address, StatusPages pages)
    : state_(std::make_unique<State>(std::move(pages))) {
    const tcp::endpoint endpoint = endpoint_of(address);
    boost::system::error_code error;
    state_->acceptor.open(endpoint.protocol(), error);
    if (!error) state_->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) state_->acceptor.bind(endpoint, error);
    if (!error) state_->acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) refuse(address, "cannot be listened on (" + error.message() + ")");
    asio::co_spawn(state_->context, state_->accept(), asio::detached);
    const BlockedSignals blocked;
    state_->thread = std::thread([state = state_.get()] { state->context.run(); });
}

StatusServer::~StatusServer() {
    state_->context.stop();
    state_->thread.join();
}

unsigned short StatusServer::port() const {
    boost::system::error_code ignored;
    return state_->acceptor.local_endpoint(ignored).port();
}

}  // namespace postern::app::telemetry
