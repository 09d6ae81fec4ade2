// SPDX-License-Identifier: Apache-2.0
// Connection: the thin coroutine between a socket and a Session. It waits, moves octets, and obeys.
//
// Invariants
//  (1) Everything waits for something and for a deadline: a command for its end, a message for its next octets and for
//      its last, a reply for being taken.
//  (2) An idle connection holds no buffer.
#pragma once

#include "relay/acl.h"
#include "relay/event_loop.h"
#include "relay/reception_events.h"
#include "relay/scanner_in_force.h"
#include "relay/server_options.h"
#include "relay/session.h"

#include <functional>
#include <memory>

namespace postern::relay {

class Queue;
class ConnectionCount;

// What all connections of a listener share while a configuration is in force. Immutable.
struct ListenerState {
    ListenerOptions options;
    ReceptionLimits limits;
    std::shared_ptr<const SessionOptions> session;
    std::shared_ptr<const SessionOptions> session_of_old_devices;
    std::shared_ptr<const TlsContext> tls;  // null: none
    std::shared_ptr<const Acl> acl;
};

// What they share as long as the server runs.
struct Surroundings {
    Queue& queue;
    ReceptionEvents& events;
    ConnectionCount& count;
    const ScannerInForce& scanner;
};

struct AcceptedSocket {
    int descriptor = -1;
    std::shared_ptr<const ListenerState> listener;
};

class Connection {
public:
    virtual ~Connection() = default;
    // To be called on its loop: ends it now if it is idle, or else behind what is under way.
    virtual void stop() = 0;
};

// Serves an accepted socket, which it owns from now on. To be called on the loop's thread; `ended` is called there,
// when nothing of it is left to do.
std::shared_ptr<Connection> serve(EventLoop& loop, AcceptedSocket accepted, const Surroundings& surroundings,
                                  std::function<void(Connection*)> ended);

}  // namespace postern::relay
