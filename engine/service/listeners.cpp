// SPDX-License-Identifier: Apache-2.0
#include "engine/service/listeners.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace postern::engine::service {

namespace {

constexpr int backlog = 4096;

[[noreturn]] void refuse(const std::string& address, const std::string& why) {
    throw ListenError(address + ": " + why);
}

std::string reason() {
    return std::strerror(errno);
}

sockaddr_un unix_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        refuse(path, "is too long for the name of a socket; use one of at most 107 octets");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// A socket that is left over is taken away; one that somebody listens to is not.
void make_room(const std::string& path, const sockaddr_un& address) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    if (!S_ISSOCK(status.st_mode))
        refuse(path, "is there already and is no socket; move it away or name another path");
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        refuse(path, "somebody listens there already; stop that service or name another path");
    }
    ::unlink(path.c_str());
}

void give_to_group(const std::string& path, const std::string& name) {
    const group* entry = ::getgrnam(name.c_str());
    if (entry == nullptr) refuse(path, "there is no group called " + name + " for the socket");
    if (::chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) {
        refuse(path, "cannot be given to the group " + name + ": " + reason());
    }
}

Listening listen_at_path(const ListenOptions& options) {
    const std::string& path = options.unix_path;
    const sockaddr_un address = unix_address(path);
    make_room(path, address);
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) refuse(path, reason());
    // Nobody may connect before the rights are as they should be.
    const mode_t before = ::umask(0177);
    const int bound =
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const std::string why = reason();
    ::umask(before);
    if (bound != 0) refuse(path, "cannot be listened at: " + why);
    if (!options.unix_group.empty()) give_to_group(path, options.unix_group);
    if (::chmod(path.c_str(), options.unix_mode) != 0)
        refuse(path, "its mode cannot be set: " + reason());
    if (::listen(socket.get(), backlog) != 0) refuse(path, "cannot be listened at: " + reason());
    return {std::move(socket), path, true, path};
}

std::string address_of(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    if (address.ss_family == AF_UNIX) return reinterpret_cast<sockaddr_un&>(address).sun_path;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    ::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host.data(), host.size(),
                  port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
    const std::string name = host.data();
    return (address.ss_family == AF_INET6 ? "[" + name + "]" : name) + ":" + port.data();
}

Listening listen_at_tcp(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos)
        refuse(text, "has no port; write ADDRESS:PORT, as 127.0.0.1:3310 or [::1]:3310");
    std::string host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), text.c_str() + colon + 1,
                                    &hints, &found);
    if (error != 0)
        refuse(text,
               "is no address; write ADDRESS:PORT in numbers, as 127.0.0.1:3310 or [::1]:3310");
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    if (!socket) refuse(text, reason());
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (found->ai_family == AF_INET6)
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen(socket.get(), backlog) != 0) {
        refuse(text, "cannot be listened at: " + reason());
    }
    std::string address = address_of(socket.get());
    return {std::move(socket), std::move(address), false, {}};
}

}  // namespace

std::vector<Listening> listen_at(const ListenOptions& options) {
    std::vector<Listening> all;
    if (!options.unix_path.empty()) all.push_back(listen_at_path(options));
    for (const std::string& address : options.tcp) all.push_back(listen_at_tcp(address));
    return all;
}

std::vector<Listening> inherited_listeners() {
    const char* process = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    std::vector<Listening> all;
    if (process == nullptr || count == nullptr || std::atol(process) != ::getpid()) return all;
    constexpr int first = 3;
    for (int number = first; number < first + std::atoi(count); ++number) {
        Descriptor socket(number);
        ::fcntl(number, F_SETFD, FD_CLOEXEC);
        ::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        if (::getsockname(number, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            refuse("descriptor " + std::to_string(number),
                   "the service manager passed something that is no socket");
        }
        std::string name = address_of(number);
        all.push_back({std::move(socket), std::move(name), address.ss_family == AF_UNIX, {}});
    }
    // Not for the programs that are started from here.
    ::unsetenv("LISTEN_PID");
    ::unsetenv("LISTEN_FDS");
    return all;
}

}  // namespace postern::engine::service
