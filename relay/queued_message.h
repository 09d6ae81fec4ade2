// SPDX-License-Identifier: Apache-2.0
// What the queue knows of a message: values, as they were read.
#pragma once

#include "relay/envelope.h"
#include "relay/queue_id.h"
#include "relay/spool.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace postern::relay {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

inline Time now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// What became of a recipient. A message none of whose recipients is `queued` is gone from the queue.
enum class RecipientState : std::uint8_t { queued = 0, delivered = 1, failed = 2, expired = 3, removed = 4 };

// The last thing that was heard about a recipient.
struct LastAttempt {
    Time at{};
    std::string host;   // "mx1.example.net[192.0.2.1]:25"; empty: nobody was reached
    std::string reply;  // "450 4.2.0 try later", one line of visible text; empty: no attempt yet
};

struct QueuedRecipient {
    std::uint32_t position = 0;  // in the envelope: names the recipient within its message
    ForwardPath path;
    RecipientState state = RecipientState::queued;
    std::uint32_t attempts = 0;
    Time next{};                 // not to be tried before
    LastAttempt last;
};

struct QueuedMessage {
    QueueId id;
    Envelope envelope;  // its forward_paths are empty: they are in `recipients`
    ContentFacts facts;
    Time arrived{};
    Time born{};        // its life is counted from here: arrival, or release from hold
    bool delay_reported = false;
    std::string hold;   // why it is held; empty: it is not
    std::vector<QueuedRecipient> recipients;

    bool is_queued() const;  // has a recipient that is
};

// Something that is not as it should be in the queue's database or files.
struct QueueProblem {
    QueueId id;        // 0: of the whole queue
    std::string what;  // a sentence
};

}  // namespace postern::relay
