// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/connection.h"

#include "engine/service/client/server_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace postern::engine::service::client {

namespace {

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

std::error_code last_error() {
    return {errno, std::generic_category()};
}

Endpoint unix_endpoint(const std::string& path) {
    Endpoint endpoint;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
    std::memcpy(&endpoint.address, &address, sizeof address);
    endpoint.length = sizeof address;
    return endpoint;
}

// One octet string, with a descriptor beside it or none (-1).
ssize_t send_beside(int socket, std::span<const std::byte> octets, int descriptor) {
    iovec part{const_cast<std::byte*>(octets.data()), octets.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    if (descriptor >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

std::vector<Endpoint> resolve(const ServerAddress& address, std::string& failure) {
    if (address.is_local()) return {unix_endpoint(address.path)};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
    if (error != 0) {
        failure = std::string("its name was not resolved: ") + ::gai_strerror(error);
        return {};
    }
    std::vector<Endpoint> endpoints;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        Endpoint endpoint;
        std::memcpy(&endpoint.address, entry->ai_addr, entry->ai_addrlen);
        endpoint.length = entry->ai_addrlen;
        endpoints.push_back(endpoint);
    }
    ::freeaddrinfo(found);
    return endpoints;
}

std::error_code Connection::open(const Endpoint& endpoint) {
    close();
    descriptor_ =
        ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) return last_error();
    const int on = 1;
    if (endpoint.address.ss_family != AF_UNIX) {
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on,
                     sizeof on);  // its failure only costs time
    }
    const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
    if (::connect(descriptor_, address, endpoint.length) == 0 || errno == EINPROGRESS) return {};
    return last_error();
}

bool Connection::is_settled() const {
    pollfd state{descriptor_, POLLOUT, 0};
    return ::poll(&state, 1, 0) > 0;
}

std::error_code Connection::connect_error() const {
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return last_error();
    return {error, std::generic_category()};
}

void Connection::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

Connection::Waits Connection::advance(VerdictExchange& exchange) {
    Waits waits;
    const auto is_open = [&] { return exchange.state() == VerdictExchange::State::open; };
    while (is_open() && receive_some(exchange)) waits.moved = true;
    while (is_open() && send_some(exchange)) waits.moved = true;
    waits.to_send = is_open() && !exchange.next().octets.empty();
    return waits;
}

bool Connection::send_some(VerdictExchange& exchange) {
    const VerdictExchange::Outgoing outgoing = exchange.next();
    if (outgoing.octets.empty()) return false;
    const ssize_t sent = send_beside(descriptor_, outgoing.octets, outgoing.descriptor);
    if (sent > 0) exchange.sent(static_cast<std::size_t>(sent));
    if (sent >= 0 || would_block()) return sent > 0;
    const std::error_code error = last_error();
    // It may have answered before it went away; what it said is still there to be read.
    while (exchange.state() == VerdictExchange::State::open && receive_some(exchange)) {
    }
    exchange.closed("the connection broke: " + error.message());
    return false;
}

bool Connection::receive_some(VerdictExchange& exchange) {
    std::array<std::byte, 64 << 10> buffer;
    const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) exchange.received(std::span(buffer).first(static_cast<std::size_t>(got)));
    if (got == 0) exchange.closed("it closed the connection without an answer");
    if (got < 0 && !would_block())
        exchange.closed("the connection broke: " + last_error().message());
    return got > 0;
}

bool Connection::ask(std::string_view command, std::size_t& sent, std::string& answer) {
    const std::string_view rest = command.substr(sent);
    if (!rest.empty()) {
        const ssize_t now =
            ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (now < 0) return would_block();
        sent += static_cast<std::size_t>(now);
    }
    std::array<char, 1024> buffer;
    const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0) return would_block();
    answer.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0 && answer.find('\0') == std::string::npos && answer.size() < 4096;
}

}  // namespace postern::engine::service::client
