// SPDX-License-Identifier: Apache-2.0
// Queue: every message we have said 250 for and are not done with. QUEUE.md describes the files.
//
// One thread writes. It takes whatever waits (messages to accept, outcomes of attempts), puts all of it into one
// transaction, and syncs once; twenty sessions share the price of one fsync. Files of large messages are
// synced before, by threads of their own, several at a time.
//
// Invariants
//  (1) A commit handler is called without an error only when octets, envelope and everything that leads to them are on
//      disk. With an error: nothing of the message is left, and saying 4xx is right.
//  (2) The row is the truth. A message is in the queue from the transaction that inserted its row to the one that
//      deletes it, and a report about it is inserted by the transaction that records its reason.
//  (3) No error of the disk is lasting: the next transaction tries anew.
//
// Thread-safe. Handlers run on the queue's threads and must not block; usually they post to an executor.
#pragma once

#include "relay/envelope.h"
#include "relay/queued_message.h"
#include "relay/spool.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace postern::relay {

struct QueueOptions {
    std::filesystem::path folder;              // [relay] state_directory; made if need be
    std::uint64_t small_message = 128 << 10;   // octets: up to here a message lies in the database
    std::uint64_t free_space = 64 << 20;       // octets that the disk must have beyond what is to be written
    std::chrono::seconds delay_warning{4 * 3600};
    std::chrono::seconds lifetime{5 * 24 * 3600};

    // From a message's birth to when it is to be looked at: for a warning, or for its end.
    std::chrono::seconds turn(bool delay_reported) const;
};

// The folder cannot be used: a sentence that says why, and what to do. Thrown by Queue's constructor only.
class QueueError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Acceptance {
    Envelope envelope;
    std::string front;  // fields to put in front of the content: whole lines, each ending in CRLF; may be empty
    std::string hold;   // a reason keeps the message aside until somebody releases it; empty: deliver
};

// no error, or why not. ENOSPC is "452 4.3.1"; all else is "451 4.3.0".
using CommitHandler = std::function<void(std::error_code)>;

// A message and a place it must go to, for the scheduler.
struct Due {
    QueueId id;
    std::string domain;
    Time next{};
};

// What an attempt (or its end by age) said about one recipient.
struct RecipientOutcome {
    std::uint32_t position = 0;
    RecipientState state = RecipientState::queued;
    Time next{};        // while queued
    LastAttempt last;
};

// A report of ours: inserted by the transaction that records its cause.
struct Report {
    Envelope envelope;
    std::string octets;
    std::string_view about{};  // "failed", "delayed" or "relayed", for the log
};

struct Record {
    QueueId id;
    std::vector<RecipientOutcome> outcomes;
    bool delay_reported = false;  // from now on
    std::vector<Report> reports;
};

class Queue {
public:
    // Opens, checks, and sweeps what crashes left behind. Throws QueueError.
    explicit Queue(QueueOptions options);
    // All that was given to it is written, and every handler called.
    ~Queue();

    // ---- Reception
    // The id is final: replies and Received fields may name it before it is committed.
    std::unique_ptr<IncomingMessage> receive();
    // Whether the disk has room for so many octets (0: for anything at all). An error is "452 4.3.1", to be said at
    // MAIL. Cheap: the disk is asked once a second.
    std::error_code room(std::uint64_t octets) const;
    // Destroying an IncomingMessage instead of committing it aborts.
    void commit(std::unique_ptr<IncomingMessage> message, Acceptance acceptance, CommitHandler handler);

    // ---- Delivery
    // Called after each commit of a message that is not held, and for what `postern queue` changed. Before start() only.
    void on_due(std::function<void(std::vector<Due>)> handler);
    // Everything queued and not held. Fast: 100,000 in well under a second.
    std::vector<Due> due() const;
    // Ids of messages that may have a delay to report or be at the end of their life. Held ones do not age. Each is to be
    // answered by a record with outcomes, or with `delay_reported`, or with nothing: then it is named again when it is time.
    std::vector<QueueId> aged(Time time) const;
    // Nothing: gone, or the disk does not answer (then `error`).
    std::optional<QueuedMessage> load(QueueId id, std::error_code& error) const;
    std::shared_ptr<const StoredContent> content(QueueId id, std::error_code& error) const;
    // Never lost: tried again until the disk takes it. The handler (may be empty) is called after that.
    void record(Record record, std::function<void()> handler);

    // ---- Operation
    QueueOptions options() const;
    // Holds for what is there, too: each message gets its turn by the new ages.
    void change_ages(std::chrono::seconds delay_warning, std::chrono::seconds lifetime);
    // What the start found and held, or mended.
    const std::vector<QueueProblem>& found_at_start() const;
    // Why nothing can be accepted just now: what the last transaction met, or that the disk is full.
    std::error_code trouble() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace postern::relay
