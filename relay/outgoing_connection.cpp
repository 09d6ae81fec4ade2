// SPDX-License-Identifier: Apache-2.0
#include "relay/outgoing_connection.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace postern::relay {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

auto token(boost::system::error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

constexpr std::size_t read_size = 4096;

}  // namespace

void OutgoingConnection::arm(Clock::time_point deadline) {
    expired_ = false;
    timer_.expires_at(deadline);
    timer_.async_wait([self = weak_from_this(), wait = ++waits_](const Error& error) {
        const auto connection = self.lock();
        if (error || !connection || connection->waits_ != wait) return;
        connection->expired_ = true;
        connection->abort();
    });
}

void OutgoingConnection::disarm() {
    ++waits_;
    timer_.cancel();
}

void OutgoingConnection::abort() {
    Error ignored;
    socket_.close(ignored);
}

OutgoingConnection::Trouble OutgoingConnection::trouble_of(const Error& error, const char* doing) const {
    if (expired_) return std::string("the server did not answer in time, ") + doing;
    if (!error) return {};
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
        return std::string("the server closed the connection, ") + doing;
    }
    return visible(error.message()) + ", " + doing;
}

OutgoingConnection::Error OutgoingConnection::bind_source() {
    Error error;
    socket_.open(place_.to.protocol(), error);
    if (error) return error;
    socket_.set_option(tcp::no_delay(true), error);
    if (place_.source.empty()) return {};
    const auto source = asio::ip::make_address(place_.source, error);
    if (!error) socket_.bind(tcp::endpoint(source, 0), error);
    return error;
}

asio::awaitable<OutgoingConnection::Trouble> OutgoingConnection::connect(Place place, std::chrono::seconds time) {
    place_ = std::move(place);
    const bool v6 = place_.to.address().is_v6();
    const std::string address = place_.to.address().to_string();
    name_ = place_.host + "[" + address + "]:" + std::to_string(place_.to.port());
    if (place_.host == address) name_ = (v6 ? "[" + address + "]" : address) + ":" + std::to_string(place_.to.port());
    Error error = bind_source();
    if (error) co_return "the source address " + place_.source + " cannot be used: " + error.message();
    arm(Clock::now() + time);
    co_await socket_.async_connect(place_.to, token(error));
    disarm();
    co_return trouble_of(error, "when it was connected to");
}

asio::awaitable<OutgoingConnection::Trouble> OutgoingConnection::handshake(asio::ssl::context& tls, TlsPolicy policy,
                                                                           std::chrono::seconds time) {
    tls_.emplace(socket_, tls);
    SSL* ssl = tls_->native_handle();
    const bool is_name = place_.host.find_first_not_of("0123456789.:") != std::string::npos &&
                         place_.host.find(':') == std::string::npos;
    if (is_name) SSL_set_tlsext_host_name(ssl, place_.host.c_str());
    if (policy == TlsPolicy::verify) {
        SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
        const int named = is_name ? SSL_set1_host(ssl, place_.host.c_str())
                                  : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), place_.host.c_str());
        if (named != 1) co_return "the name " + place_.host + " cannot be looked for in a certificate";
    }
    Error error;
    arm(Clock::now() + time);
    co_await tls_->async_handshake(asio::ssl::stream_base::client, token(error));
    disarm();
    const long verified = SSL_get_verify_result(ssl);
    if (error && policy == TlsPolicy::verify && verified != X509_V_OK) {
        co_return std::string("the server's certificate is not to be trusted: ") + X509_verify_cert_error_string(verified);
    }
    if (!error) tls_name_ = std::string(SSL_get_version(ssl)) + " " + SSL_get_cipher_name(ssl);
    co_return trouble_of(error, "when TLS was begun");
}

asio::awaitable<OutgoingConnection::Trouble> OutgoingConnection::write(std::string_view octets, std::chrono::seconds time) {
    Error error;
    arm(Clock::now() + time);
    const auto buffer = asio::buffer(octets.data(), octets.size());
    if (tls_) {
        co_await asio::async_write(*tls_, buffer, token(error));
    } else {
        co_await asio::async_write(socket_, buffer, token(error));
    }
    disarm();
    co_return trouble_of(error, "when it was written to");
}

OutgoingConnection::Answer OutgoingConnection::answer_of(Trouble trouble, ClientReply reply) {
    return {std::move(trouble), std::move(reply)};
}

asio::awaitable<OutgoingConnection::Answer> OutgoingConnection::read_reply(std::chrono::seconds time) {
    const auto deadline = Clock::now() + time;
    for (;;) {
        std::string_view input = unread_;
        const ReplyParser::Result result = parser_.feed(input);
        unread_.erase(0, unread_.size() - input.size());
        if (result == ReplyParser::Result::broken) co_return answer_of(parser_.trouble(), {});
        if (result == ReplyParser::Result::reply) co_return answer_of({}, parser_.take());
        Error error;
        char buffer[read_size];
        std::size_t n = 0;
        arm(deadline);
        if (tls_) {
            n = co_await tls_->async_read_some(asio::buffer(buffer), token(error));
        } else {
            n = co_await socket_.async_read_some(asio::buffer(buffer), token(error));
        }
        disarm();
        if (error) co_return answer_of(trouble_of(error, "when its reply was waited for"), {});
        unread_.append(buffer, n);
    }
}

std::string OutgoingConnection::source_address() const {
    Error error;
    const auto endpoint = socket_.local_endpoint(error);
    return error ? std::string() : endpoint.address().to_string();
}

}  // namespace postern::relay
