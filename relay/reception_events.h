// SPDX-License-Identifier: Apache-2.0
// ReceptionEvents: what the receiving half tells whoever watches it. Logs and metrics are made of these alone.
//
// Called from the threads of the server, several at once: an observer is thread-safe, returns soon and never throws.
// Texts live as long as the call; what a client or a message said in them is hostile.
#pragma once

#include "engine/policy.h"
#include "relay/envelope.h"
#include "relay/reply.h"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace postern::relay {

using Seconds = std::chrono::duration<double>;

// A message whose final dot was seen, and what came of it.
struct Reception {
    std::string_view id;
    const Envelope& envelope;
    std::uint64_t size = 0;
    engine::Action action{};       // of the scan; `defer` too where the scanner or the queue failed
    std::string_view reason;       // empty: accepted
    const Reply& reply;            // what the client was told
    std::string_view generation;   // of the signatures; empty: not scanned
    std::string_view coverage;     // "complete", "partial", "none"
    Seconds scanning{};
    Seconds after_dot{};           // from the final dot to the reply
};

// A reply of 4yz or 5yz that the session itself said, to a command or in place of the greeting.
struct Refusal {
    const Client& client;
    std::string_view reply;  // as on the wire
};

class ReceptionEvents {
public:
    virtual ~ReceptionEvents() = default;
    virtual void message(const Reception&) {}
    virtual void refused(const Refusal&) {}
    virtual void connected(const Client&) {}
    virtual void disconnected(const Client&) {}
    virtual void tls_started(const Client&) {}
    // Anything else worth a line: one sentence, no line end.
    virtual void told(std::string_view /*sentence*/) {}
};

}  // namespace postern::relay
