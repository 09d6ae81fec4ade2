// SPDX-License-Identifier: Apache-2.0
// A socket that never blocks, and the exchange it serves: everything that can be done without
// waiting.
#pragma once

#include "engine/service/client/verdict_exchange.h"

#include <sys/socket.h>
#include <string>
#include <system_error>
#include <vector>

namespace postern::engine::service::client {

struct ServerAddress;

// Where to connect to.
struct Endpoint {
    sockaddr_storage address{};
    socklen_t length = 0;
};

// The endpoints of an address. Host names ask the resolver and may block; numbers and paths never
// do. Empty: there is none, and `failure` says why.
std::vector<Endpoint> resolve(const ServerAddress& address, std::string& failure);

class Connection {
public:
    Connection() = default;
    ~Connection() { close(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Begins to connect. When it is settled, connect_error() says whether it worked.
    std::error_code open(const Endpoint& endpoint);
    bool is_settled() const;
    std::error_code connect_error() const;
    void close();

    int descriptor() const { return descriptor_; }

    // What the exchange waits for after all that could be sent and received at once.
    struct Waits {
        bool moved = false;  // an octet went in either direction
        bool to_send = false;
    };
    Waits advance(VerdictExchange& exchange);

    // The same for one short command and its answer up to the NUL. False: it is over, `answer` as
    // far as it came.
    bool ask(std::string_view command, std::size_t& sent, std::string& answer);

private:
    bool send_some(VerdictExchange& exchange);
    bool receive_some(VerdictExchange& exchange);

    int descriptor_ = -1;
};

}  // namespace postern::engine::service::client
