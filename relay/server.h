// SPDX-License-Identifier: Apache-2.0
// Server: the listeners, the loops their connections live on, and the configuration in force.
//
// A new configuration holds for connections that begin after it; those that are there keep the one they began with.
#pragma once

#include "relay/queue.h"
#include "relay/reception_events.h"
#include "relay/server_options.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace postern::relay {

// An address that cannot be listened on: which, why, and what to do.
class ServerError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Server {
public:
    // Binds all listeners, so that privileges may be dropped then. Throws ServerError, TlsError, service::AddressError.
    // REQUIRES: `queue` and `events` outlive it.
    Server(const ServerOptions& options, Queue& queue, ReceptionEvents& events);
    ~Server();

    // Begins to accept, on `threads` threads of its own.
    void start(unsigned threads);
    // Thread-safe. What cannot be put in force throws, and changes nothing.
    void reload(const ServerOptions& options);
    // Accepts no more, tells idle clients to come back (421 4.3.2), and returns when what was under way has ended.
    void stop();

    // Where it listens, ports that were 0 resolved.
    std::vector<std::string> addresses() const;
    std::size_t connections() const;
    // Whether every loop came round within that time. REQUIRES: started, not stopped.
    bool turns(std::chrono::milliseconds patience) const;
    // Whether a scanning service is thought to be alive.
    bool has_scanner() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::relay
