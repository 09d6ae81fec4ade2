// SPDX-License-Identifier: Apache-2.0
// From outcomes to the record that the queue keeps: states, next times, and what the sender is told.
#pragma once

#include "relay/bounce.h"
#include "relay/client.h"
#include "relay/delivery.h"

#include <functional>
#include <string>
#include <vector>

namespace postern::relay {

// What one attempt said of one recipient.
struct Attempted {
    QueuedRecipient recipient;
    Outcome outcome;
    std::string host;            // "mx[192.0.2.1]:25"; empty: nobody was reached
    std::string tls;
    std::string source_address;
    bool reports_itself = false; // the server offered DSN
    std::chrono::milliseconds took{};
    Time next{};                 // while deferred; filled in by record_of()
};

struct RecordingContext {
    const QueuedMessage& message;
    const StoredContent* content;
    const DeliveryOptions& options;
    Time time{};
    double lot = 0;  // in [0, 1): for the jitter
    // Why nobody is reached where a recipient's mail goes, for those whose turn it never was; empty: nothing is known.
    std::function<std::string(const QueuedRecipient&)> unreached{};
};

Record record_of(const RecordingContext& context, std::vector<Attempted>& attempted);
// Of a message that is at the end of its life.
Record expiry_of(const RecordingContext& context);
// Of a message that is late; `retried_until` is the end of its life.
Record delay_of(const RecordingContext& context, Time retried_until);

}  // namespace postern::relay
