// SPDX-License-Identifier: Apache-2.0
// A service of the test's own, which does with each client what it is told to.
#pragma once

#include "engine/service/client/scan_client.h"
#include "tests/support/command.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace postern::engine::service::client {

using namespace std::chrono_literals;
using namespace std::string_literals;

inline std::string answer(std::string decision, std::size_t bytes) {
    return R"({"path":"x","bytes":)" + std::to_string(bytes) + R"(,"decision":")" + decision +
           R"(","reason":"R.","findings":[],"coverage":{"complete":true,"not_scanned":[]},)"
           R"("generation":"ab","seconds":0})" +
           "\0"s;
}

// What a client sent: the command, and the octets of the stream or of the descriptor.
struct Received {
    std::string command;
    std::string message;
    bool by_descriptor = false;
};

// The server's end of one connection, blocking.
class Peer {
public:
    explicit Peer(int socket) : socket_(socket) {}
    ~Peer() {
        if (file_ >= 0) ::close(file_);
        ::close(socket_);
    }

    Received receive() {
        Received received;
        received.command = until_nul();
        received.by_descriptor = received.command.find("FILDES") != std::string::npos;
        if (received.by_descriptor) {
            octets(1);
            received.message = of_file();
        } else if (received.command.find("INSTREAM") != std::string::npos) {
            for (std::size_t length = chunk_length(); length > 0; length = chunk_length())
                received.message += octets(length);
        }
        return received;
    }
    void say(const std::string& text) {
        (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    }
    // Closing sends RST instead of FIN.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    void wait_for_end() {
        char c;
        while (::recv(socket_, &c, 1, 0) > 0) {
        }
    }

private:
    std::string until_nul() {
        std::string text;
        for (std::string c = octets(1); !c.empty() && c != "\0"s; c = octets(1)) text += c;
        return text;
    }
    std::size_t chunk_length() {
        const std::string head = octets(4);
        std::size_t length = 0;
        for (const char c : head) length = length << 8 | static_cast<unsigned char>(c);
        return length;
    }
    // Keeps the descriptor that comes along.
    std::string octets(std::size_t length) {
        std::string text(length, '\0');
        std::size_t have = 0;
        while (have < length) {
            iovec part{text.data() + have, length - have};
            alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
            msghdr message{};
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            const ssize_t got = ::recvmsg(socket_, &message, 0);
            if (got <= 0) return "";
            if (const cmsghdr* header = CMSG_FIRSTHDR(&message))
                std::memcpy(&file_, CMSG_DATA(header), sizeof file_);
            have += static_cast<std::size_t>(got);
        }
        return text;
    }
    std::string of_file() const {
        std::string text(1 << 20, '\0');
        const ssize_t got = ::pread(file_, text.data(), text.size(), 0);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return text;
    }

    int socket_;
    int file_ = -1;
};

// A service that does with every connection what it is told to.
class Service {
public:
    using Manner = std::function<void(Peer&)>;

    Service(bool is_local, Manner manner) : manner_(std::move(manner)) {
        listener_ = ::socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (is_local) {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            std::strcpy(address.sun_path, (folder_.path() / "s").c_str());
            ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
            text = "unix:"s + address.sun_path;
        } else {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
            socklen_t length = sizeof address;
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
            text = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        }
        ::listen(listener_, 64);
        thread_ = std::thread([this] { serve(); });
    }
    ~Service() {
        ends_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
        for (std::thread& connection : connections_) connection.join();
    }

    std::string text;  // its address
    std::atomic<int> count{0};

private:
    void serve() {
        while (!ends_) {
            const int socket = ::accept(listener_, nullptr, nullptr);
            if (socket < 0) return;
            ++count;
            connections_.emplace_back([this, socket] {
                Peer peer(socket);
                manner_(peer);
            });
        }
    }

    tests::TemporaryFolder folder_;
    Manner manner_;
    int listener_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
    std::vector<std::thread> connections_;
};

inline void answers(Peer& peer) {
    const Received received = peer.receive();
    if (received.command == "zREADY") return peer.say("READY generation=ab\0"s);
    peer.say(answer("accept", received.message.size()));
}

}  // namespace postern::engine::service::client
