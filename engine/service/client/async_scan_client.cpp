// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/async_scan_client.h"

#include "engine/service/client/pursuit.h"

#include <fcntl.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <memory>
#include <optional>

namespace postern::engine::service::client {

namespace {

namespace asio = boost::asio;
using Clock = ServerList::Clock;
using Strand = asio::strand<asio::any_io_executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Strand>;

// What one scan waits with. One timer is both its clock and its bell: a socket that becomes ready,
// or a stop, cancels the timer. Everything here happens in the strand; handlers keep it alive.
struct Waiter : std::enable_shared_from_this<Waiter> {
    explicit Waiter(Strand its_strand) : strand(its_strand), bell(its_strand) {}

    Strand strand;
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Strand> bell;
    std::optional<Descriptor> socket;  // a copy of the connection's, so that each closes its own
    std::uint64_t connection = 0;
    bool waits_for_reading = false;
    bool waits_for_writing = false;
    bool rung = false;
    bool stopped = false;

    void ring() {
        rung = true;
        bell.cancel();
    }

    void arm(Descriptor::wait_type what, bool& is_armed) {
        if (is_armed) return;
        is_armed = true;
        const auto armed_for = connection;
        socket->async_wait(
            what, [self = shared_from_this(), armed_for, &is_armed](boost::system::error_code) {
                // Of an earlier connection: nobody waits for that any more.
                if (self->connection != armed_for) return;
                is_armed = false;
                self->ring();
            });
    }

    // False: there is no descriptor left in the process.
    bool take(const Pursuit::Wait& wait) {
        if (socket && connection == wait.connection) return true;
        release();
        connection = wait.connection;
        const int copy = ::fcntl(wait.descriptor, F_DUPFD_CLOEXEC, 0);
        if (copy < 0) return false;
        socket.emplace(strand, copy);
        return true;
    }

    void release() {
        socket.reset();
        connection = 0;
        waits_for_reading = waits_for_writing = false;
    }
};

asio::awaitable<void> until(Waiter& waiter, Clock::time_point deadline) {
    if (waiter.rung || waiter.stopped) co_return;
    waiter.bell.expires_at(deadline);
    boost::system::error_code ignored;
    co_await waiter.bell.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> wait_for(Waiter& waiter, const Pursuit::Wait& wait) {
    waiter.rung = false;
    if (wait.what == Pursuit::Wait::For::socket) {
        if (!waiter.take(wait))
            co_return co_await until(waiter, Clock::now() + std::chrono::milliseconds(10));
        if (wait.readable) waiter.arm(Descriptor::wait_read, waiter.waits_for_reading);
        if (wait.writable) waiter.arm(Descriptor::wait_write, waiter.waits_for_writing);
    }
    co_await until(waiter, wait.deadline);
}

std::vector<Endpoint> endpoints_of(const asio::ip::tcp::resolver::results_type& results) {
    std::vector<Endpoint> endpoints;
    for (const auto& result : results) {
        const asio::ip::tcp::endpoint found = result.endpoint();
        Endpoint endpoint;
        std::memcpy(&endpoint.address, found.data(), found.size());
        endpoint.length = static_cast<socklen_t>(found.size());
        endpoints.push_back(endpoint);
    }
    return endpoints;
}

// Asio asks in a thread of its own.
asio::awaitable<void> resolve_names(Pursuit& pursuit) {
    asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
    boost::system::error_code error;
    const auto results =
        co_await resolver.async_resolve(pursuit.to_resolve().host, pursuit.to_resolve().port,
                                        asio::redirect_error(asio::use_awaitable, error));
    const std::string failure =
        error ? "its name was not resolved: " + error.message() : std::string();
    pursuit.resolved(endpoints_of(results), failure, Clock::now());
}

asio::awaitable<ScanOutcome> obey(Pursuit& pursuit, std::shared_ptr<Waiter> waiter) {
    while (!waiter->stopped) {
        const std::optional<Pursuit::Wait> wait = pursuit.advance(Clock::now());
        if (!wait) break;
        if (wait->what == Pursuit::Wait::For::names) {
            co_await resolve_names(pursuit);
        } else {
            co_await wait_for(*waiter, *wait);
        }
    }
    waiter->release();
    co_return waiter->stopped ? unanswered("the scan was given up", 0) : pursuit.take_outcome();
}

}  // namespace

AsyncScanClient::AsyncScanClient(std::vector<ServerAddress> addresses, ClientTimeouts timeouts)
    : servers_(std::move(addresses)), timeouts_(timeouts) {}

asio::awaitable<ScanOutcome> AsyncScanClient::scan(ScanRequest request, std::stop_token stop) {
    const Strand strand = asio::make_strand(co_await asio::this_coro::executor);
    const auto waiter = std::make_shared<Waiter>(strand);
    const std::stop_callback on_stop(stop, [waiter] {
        asio::post(waiter->strand, [waiter] {
            waiter->stopped = true;
            waiter->ring();
        });
    });
    Pursuit pursuit(servers_, request, timeouts_);
    co_return co_await asio::co_spawn(strand, obey(pursuit, waiter), asio::use_awaitable);
}

}  // namespace postern::engine::service::client
