// SPDX-License-Identifier: Apache-2.0
// A session of one client with the relay: each command with its whole reply.
#pragma once

#include "tests/support/relay_process.h"

#include <string>

namespace postern::tests {

struct TestEnvelope {
    std::string sender = "sender@example.org";
    std::string recipient = "user@example.net";
};

class SmtpClient {
public:
    enum class Tls { later, first };

    // "127.0.0.1:PORT" or "[::1]:PORT". Reads the greeting, behind a handshake where TLS comes
    // first.
    explicit SmtpClient(const std::string& address, Tls tls = Tls::later);

    std::string say(const std::string& command);
    void send(const std::string& octets) { connection_.send(octets); }
    // All lines of the next reply, each with a line end. Empty: closed, or nothing came.
    std::string reply();
    bool start_tls() { return connection_.start_tls(); }
    const std::string& greeting() const { return greeting_; }

    // EHLO, MAIL and RCPT: the reply to the last, or to the first that was refused.
    std::string begin(const TestEnvelope& envelope = {});
    // The reply to the final dot, or to the first command that was refused.
    std::string submit(const std::string& message, const TestEnvelope& envelope = {});

private:
    SmtpConnection connection_;
    std::string greeting_;
};

// The id in "250 2.0.0 Accepted, queued as ID"; empty: there is none.
std::string queue_id_in(const std::string& reply);

}  // namespace postern::tests
