// SPDX-License-Identifier: Apache-2.0
// An SMTP server on loopback that plays a part of the internet: it takes mail, or misbehaves in one way.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace postern::tests {

enum class Manner {
    healthy,
    plain,          // EHLO is unknown, nothing is pipelined
    hang,           // takes the connection and says nothing
    greet_421,
    reset,          // closes with a reset after EHLO
    trickle,        // a reply an octet at a time, each 50 ms
    refuse_all,     // 550 to every RCPT
    defer_all,      // 450 to every RCPT
    refuse_some,    // 550 to RCPT of "bad...", 450 to "later..."
    takes_two,      // 452 to every RCPT behind the second of a transaction
    close_after_data, // the connection is lost before the last reply
    inject,         // a reply behind the 220 of STARTTLS, in plain text
};

struct Received {
    std::string mail;                // the MAIL command
    std::vector<std::string> rcpts;  // the RCPT commands that were taken
    std::string octets;              // as on the wire, stuffed, with the end of data
};

class SmtpSink {
public:
    explicit SmtpSink(Manner manner);
    ~SmtpSink();
    std::uint16_t port() const { return port_; }
    std::vector<Received> received() const;
    // Waits up to 20 s for so many; gives what there is.
    std::vector<Received> wait_for(std::size_t n) const;
    std::size_t connections() const { return connections_; }

private:
    void listen();
    void serve(int socket);
    bool say(int socket, const std::string& reply) const;

    Manner manner_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::size_t> connections_ = 0;
    mutable std::mutex mutex_;
    std::vector<Received> received_;
    std::list<std::thread> threads_;
    std::vector<int> sockets_;
    std::thread listening_;
};

}  // namespace postern::tests
