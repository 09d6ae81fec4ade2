// SPDX-License-Identifier: Apache-2.0
// DeliveryEvents: what the sending half tells whoever watches it. Logs and metrics are made of these alone.
//
// Called from the delivery's thread. Texts live as long as the call; what a server said is made visible already.
#pragma once

#include "relay/client.h"
#include "relay/queued_message.h"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace postern::relay {

// One attempt for one recipient.
struct DeliveryAttempt {
    const QueuedMessage& message;
    const QueuedRecipient& recipient;
    const Outcome& outcome;           // delivered, deferred (tried again at `next`) or refused (the end)
    std::string_view host;            // "mx1.example.net[192.0.2.1]:25"; empty: nobody was reached
    std::string_view tls;             // "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: none
    std::string_view source_address;  // empty: nobody was reached
    Time next{};
    std::chrono::milliseconds took{};
};

class DeliveryEvents {
public:
    virtual ~DeliveryEvents() = default;
    virtual void attempted(const DeliveryAttempt&) {}
    // Its life was over before it could be delivered.
    virtual void expired(const QueuedMessage&, const QueuedRecipient&) {}
    // A report to the sender was put into the queue.
    virtual void reported(const QueuedMessage&, std::string_view /*failed, delayed, relayed*/) {}
    // The message has left the queue: every recipient is at its end.
    virtual void completed(const QueuedMessage&) {}
    // Anything else worth a line: one sentence, no line end.
    virtual void told(std::string_view /*sentence*/) {}
};

}  // namespace postern::relay
