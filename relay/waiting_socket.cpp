// SPDX-License-Identifier: Apache-2.0
#include "relay/waiting_socket.h"

#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace postern::relay {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds longest_close{2000};
constexpr std::size_t most_dropped = 4 << 20;

}  // namespace

WaitingSocket::WaitingSocket(asio::io_context& context, int socket)
    : socket_(context, socket), stream_(socket), timer_(context) {}

void WaitingSocket::cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

// One timer runs at a time, and usually on: it looks at the deadline when it fires, so that a new
// deadline costs nothing but being noted.
void WaitingSocket::arm(Clock::time_point deadline) {
    deadline_ = deadline;
    if (!timer_runs_ || timer_.expiry() > deadline) start_timer(deadline);
}

void WaitingSocket::start_timer(Clock::time_point when) {
    timer_runs_ = true;
    timer_.expires_at(when);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!error && self) self->timer_fired();
    });
}

void WaitingSocket::timer_fired() {
    timer_runs_ = false;
    if (deadline_ == Clock::time_point::max()) return;
    if (Clock::now() < deadline_) return start_timer(deadline_);
    expired_ = true;
    cancel();
}

asio::awaitable<WaitingSocket::Waited> WaitingSocket::wait(Stream::Wait what,
                                                           Clock::time_point deadline) {
    expired_ = false;
    arm(std::min(deadline, last_deadline_));
    boost::system::error_code error;
    const auto kind = what == Stream::Wait::writable ? asio::posix::stream_descriptor::wait_write
                                                     : asio::posix::stream_descriptor::wait_read;
    co_await socket_.async_wait(kind, asio::redirect_error(asio::use_awaitable, error));
    deadline_ = Clock::time_point::max();
    if (!error) co_return Waited::ready;
    co_return expired_ ? Waited::expired : Waited::cancelled;
}

asio::awaitable<bool> WaitingSocket::write(std::string octets, std::chrono::milliseconds time) {
    const auto deadline = Clock::now() + time;
    for (std::string_view rest = octets; !rest.empty();) {
        const Stream::Result result = stream_.write(rest);
        rest.remove_prefix(result.octets);
        if (result.octets != 0) continue;
        if (result.wait == Stream::Wait::over) co_return false;
        const Waited waited = co_await wait(result.wait, deadline);
        if (waited == Waited::expired) co_return false;
    }
    co_return true;
}

asio::awaitable<bool> WaitingSocket::handshake(Clock::time_point deadline) {
    for (;;) {
        const Stream::Result result = stream_.handshake();
        if (result.octets != 0) co_return true;
        if (result.wait == Stream::Wait::over) co_return false;
        const Waited waited = co_await wait(result.wait, deadline);
        if (waited != Waited::ready) co_return false;
    }
}

asio::awaitable<void> WaitingSocket::close() {
    stream_.close_tls();
    ::shutdown(descriptor(), SHUT_WR);
    const auto deadline = Clock::now() + longest_close;
    std::size_t dropped = 0;
    std::array<char, 4096> buffer;
    while (dropped < most_dropped) {
        const ssize_t got = ::recv(descriptor(), buffer.data(), buffer.size(), 0);
        if (got > 0) {
            dropped += static_cast<std::size_t>(got);
            continue;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) break;
        const Waited waited = co_await wait(Stream::Wait::readable, deadline);
        if (waited != Waited::ready) break;
    }
    timer_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace postern::relay
