// SPDX-License-Identifier: Apache-2.0
// OutgoingConnection: a TCP connection to a mail server, with or without TLS, every wait of which ends.
//
// Part of the delivery's workings; nothing else includes it, since Asio's types show here. On one thread.
#pragma once

#include "relay/client.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>  // Boost 1.74's awaitable.hpp forgets it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>

namespace postern::relay {

class OutgoingConnection : public std::enable_shared_from_this<OutgoingConnection> {
public:
    using Clock = std::chrono::steady_clock;
    template <typename T>
    using Awaitable = boost::asio::awaitable<T>;
    // Empty: done. Else a sentence that says what went wrong.
    using Trouble = std::string;

    struct Place {
        boost::asio::ip::tcp::endpoint to;
        std::string host;    // as in the MX record, or the address
        std::string source;  // address to come from; empty: the system's choice
    };

    explicit OutgoingConnection(boost::asio::io_context& context) : socket_(context), timer_(context) {}

    Awaitable<Trouble> connect(Place place, std::chrono::seconds time);
    Awaitable<Trouble> handshake(boost::asio::ssl::context& tls, TlsPolicy policy, std::chrono::seconds time);
    Awaitable<Trouble> write(std::string_view octets, std::chrono::seconds time);
    // A whole reply within the time, however its octets trickle.
    struct Answer {
        Trouble trouble;
        ClientReply reply;
    };
    Awaitable<Answer> read_reply(std::chrono::seconds time);
    // Breaks off whatever is going on.
    void abort();

    bool has_unread() const { return !unread_.empty(); }
    const std::string& name() const { return name_; }      // "mx.example.net[192.0.2.1]:25"
    const std::string& host() const { return place_.host; }
    const std::string& tls() const { return tls_name_; }    // "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: none
    std::string source_address() const;

private:
    using Error = boost::system::error_code;

    void arm(Clock::time_point deadline);
    void disarm();
    Trouble trouble_of(const Error& error, const char* doing) const;
    Error bind_source();
    static Answer answer_of(Trouble trouble, ClientReply reply);

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
    std::uint64_t waits_ = 0;
    bool expired_ = false;
    Place place_;
    std::string name_;
    std::string tls_name_;
    std::string unread_;
    ReplyParser parser_;
};

}  // namespace postern::relay
