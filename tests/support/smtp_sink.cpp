// SPDX-License-Identifier: Apache-2.0
#include "tests/support/smtp_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>

namespace postern::tests {

using namespace std::chrono_literals;

namespace {

class Lines {
public:
    explicit Lines(int socket) : socket_(socket) {}
    // With its CRLF; nothing: the client is gone.
    std::optional<std::string> next() { return until("\r\n"); }
    std::optional<std::string> until(std::string_view end) {
        for (;;) {
            const std::size_t at = buffer_.find(end);
            if (at != std::string::npos) {
                std::string found = buffer_.substr(0, at + end.size());
                buffer_.erase(0, at + end.size());
                return found;
            }
            char octets[65536];
            const ssize_t n = ::recv(socket_, octets, sizeof octets, 0);
            if (n <= 0) return std::nullopt;
            buffer_.append(octets, static_cast<std::size_t>(n));
        }
    }
    // The message up to its end, which may be at once.
    std::optional<std::string> data() {
        if (buffer_.size() < 3 && !fill(3)) return std::nullopt;
        if (buffer_.starts_with(".\r\n")) {
            buffer_.erase(0, 3);
            return ".\r\n";
        }
        return until("\r\n.\r\n");
    }

private:
    bool fill(std::size_t size) {
        while (buffer_.size() < size) {
            char octet[512];
            const ssize_t n = ::recv(socket_, octet, sizeof octet, 0);
            if (n <= 0) return false;
            buffer_.append(octet, static_cast<std::size_t>(n));
        }
        return true;
    }
    int socket_;
    std::string buffer_;
};

}  // namespace

SmtpSink::SmtpSink(Manner manner) : manner_(manner) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 128);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    listening_ = std::thread([this] { listen(); });
}

SmtpSink::~SmtpSink() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    listening_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
}

void SmtpSink::listen() {
    while (!stopping_) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        ++connections_;
        const std::lock_guard lock(mutex_);
        sockets_.push_back(socket);
        threads_.emplace_back([this, socket] {
            serve(socket);
            ::shutdown(socket, SHUT_RDWR);
        });
    }
}

bool SmtpSink::say(int socket, const std::string& reply) const {
    if (manner_ != Manner::trickle) {
        return ::send(socket, reply.data(), reply.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(reply.size());
    }
    for (const char c : reply) {
        std::this_thread::sleep_for(50ms);
        if (stopping_ || ::send(socket, &c, 1, MSG_NOSIGNAL) != 1) return false;
    }
    return true;
}

void SmtpSink::serve(int socket) {
    Lines lines(socket);
    if (manner_ == Manner::hang) {
        lines.until("never");
        return;
    }
    if (!say(socket, manner_ == Manner::greet_421 ? "421 4.3.2 too busy\r\n" : "220 sink ESMTP\r\n")) return;
    if (manner_ == Manner::greet_421) return;
    Received message;
    while (const std::optional<std::string> line = lines.next()) {
        std::string reply = "250 2.0.0 ok\r\n";
        if (line->starts_with("EHLO")) {
            if (manner_ == Manner::reset) {
                const linger now{1, 0};
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
                return;
            }
            reply = manner_ == Manner::plain    ? "502 what\r\n"
                    : manner_ == Manner::inject ? "250-sink\r\n250 STARTTLS\r\n"
                                                : "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 0\r\n";
        } else if (line->starts_with("STARTTLS")) {
            reply = "220 go\r\n250 injected\r\n";
        } else if (line->starts_with("MAIL")) {
            message = {*line, {}, {}};
        } else if (line->starts_with("RCPT")) {
            const bool some = manner_ == Manner::refuse_some;
            if (manner_ == Manner::refuse_all || (some && line->find("<bad") != std::string::npos)) reply = "550 5.1.1 nobody here\r\n";
            if (manner_ == Manner::defer_all || (some && line->find("<later") != std::string::npos)) reply = "450 4.2.0 not now\r\n";
            if (manner_ == Manner::takes_two && message.rcpts.size() == 2) reply = "452 4.5.3 too many\r\n";
            if (reply[0] == '2') message.rcpts.push_back(*line);
        } else if (line->starts_with("DATA")) {
            if (message.rcpts.empty()) {
                reply = "503 5.5.1 nobody to send to\r\n";
            } else {
                if (!say(socket, "354 go\r\n")) return;
                const std::optional<std::string> octets = lines.data();
                if (!octets) return;
                message.octets = *octets;
                const std::lock_guard lock(mutex_);
                received_.push_back(message);
                if (manner_ == Manner::close_after_data) return;
            }
        } else if (line->starts_with("QUIT")) {
            say(socket, "221 bye\r\n");
            return;
        }
        if (!say(socket, reply)) return;
    }
}

std::vector<Received> SmtpSink::received() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

std::vector<Received> SmtpSink::wait_for(std::size_t n) const {
    for (int i = 0; i < 2000 && received().size() < n; ++i) std::this_thread::sleep_for(10ms);
    return received();
}

}  // namespace postern::tests
