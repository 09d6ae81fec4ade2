// SPDX-License-Identifier: Apache-2.0
#include "relay/listening_socket.h"

#include "relay/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <charconv>
#include <cstring>
#include <utility>

namespace postern::relay {

namespace {

struct Endpoint {
    sockaddr_storage storage{};
    socklen_t length = 0;
    sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
};

Endpoint endpoint_of(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const std::string host = text.substr(0, colon);
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const bool has_port = colon != std::string::npos &&
                          std::from_chars(text.data() + colon + 1, end, port).ptr == end &&
                          colon + 1 < text.size();
    Endpoint endpoint;
    auto& in = reinterpret_cast<sockaddr_in&>(endpoint.storage);
    auto& in6 = reinterpret_cast<sockaddr_in6&>(endpoint.storage);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (has_port && bracketed &&
        inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &in6.sin6_addr) == 1) {
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port);
        endpoint.length = sizeof in6;
    } else if (has_port && inet_pton(AF_INET, host.c_str(), &in.sin_addr) == 1) {
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        endpoint.length = sizeof in;
    } else {
        throw ServerError(text +
                          ": is no address to listen on; write \"192.0.2.1:25\", \"0.0.0.0:25\" or "
                          "\"[2001:db8::1]:25\"");
    }
    return endpoint;
}

std::string text_of(Endpoint& endpoint) {
    char buffer[INET6_ADDRSTRLEN];
    if (endpoint.storage.ss_family == AF_INET6) {
        const auto& in6 = reinterpret_cast<const sockaddr_in6&>(endpoint.storage);
        return "[" + std::string(inet_ntop(AF_INET6, &in6.sin6_addr, buffer, sizeof buffer)) +
               "]:" + std::to_string(ntohs(in6.sin6_port));
    }
    const auto& in = reinterpret_cast<const sockaddr_in&>(endpoint.storage);
    return std::string(inet_ntop(AF_INET, &in.sin_addr, buffer, sizeof buffer)) + ":" +
           std::to_string(ntohs(in.sin_port));
}

}  // namespace

ListeningSocket::ListeningSocket(const std::string& address) : configured_(address) {
    Endpoint endpoint = endpoint_of(address);
    descriptor_ =
        ::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (endpoint.storage.ss_family == AF_INET6)
        setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    constexpr int backlog = 4096;
    if (descriptor_ < 0 || ::bind(descriptor_, endpoint.address(), endpoint.length) != 0 ||
        ::listen(descriptor_, backlog) != 0) {
        const std::string why = std::strerror(errno);
        if (descriptor_ >= 0) ::close(descriptor_);
        throw ServerError(
            address + ": cannot be listened on (" + why +
            "); see that the address is this machine's, that nothing else has the port, "
            "and that ports below 1024 are allowed to this user");
    }
    endpoint.length = sizeof endpoint.storage;
    getsockname(descriptor_, endpoint.address(), &endpoint.length);
    bound_ = text_of(endpoint);
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : configured_(std::move(other.configured_)),
      bound_(std::move(other.bound_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

ListeningSocket::~ListeningSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace postern::relay
