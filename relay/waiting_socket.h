// SPDX-License-Identifier: Apache-2.0
// WaitingSocket: a Stream, and waiting for it on a loop of Boost.Asio, always with a deadline.
//
// Part of connection.cpp's workings; nothing else includes it, since Asio's types show here.
#pragma once

#include "relay/stream.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>  // Boost 1.74's awaitable.hpp forgets it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace postern::relay {

class WaitingSocket : public std::enable_shared_from_this<WaitingSocket> {
public:
    using Clock = std::chrono::steady_clock;
    enum class Waited : std::uint8_t { ready, expired, cancelled };

    // Owns the socket, which must not block.
    WaitingSocket(boost::asio::io_context& context, int socket);

    Stream& stream() { return stream_; }
    int descriptor() { return socket_.native_handle(); }
    boost::asio::any_io_executor executor() { return socket_.get_executor(); }

    boost::asio::awaitable<Waited> wait(Stream::Wait what, Clock::time_point deadline);
    // Ends a wait that is under way.
    void cancel();
    // No wait lasts longer than this.
    void set_last_deadline(Clock::time_point deadline) { last_deadline_ = deadline; }

    // False: the other side is gone, or too slow.
    boost::asio::awaitable<bool> write(std::string octets, std::chrono::milliseconds time);
    boost::asio::awaitable<bool> handshake(Clock::time_point deadline);
    // Says that nothing more will come, and reads on for a moment: a reset would take back the last reply.
    boost::asio::awaitable<void> close();

private:
    void arm(Clock::time_point deadline);
    void start_timer(Clock::time_point when);
    void timer_fired();

    boost::asio::posix::stream_descriptor socket_;
    Stream stream_;
    boost::asio::steady_timer timer_;
    bool timer_runs_ = false;
    bool expired_ = false;
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point last_deadline_ = Clock::time_point::max();
};

}  // namespace postern::relay
