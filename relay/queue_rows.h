// SPDX-License-Identifier: Apache-2.0
// Messages as rows, in both directions: the statements of the queue, prepared once for a connection.
//
// Each call is part of the caller's transaction, or a snapshot of its own; errors stay in the Database.
#pragma once

#include "relay/database.h"
#include "relay/queue.h"
#include "relay/queued_message.h"

#include <functional>
#include <optional>
#include <vector>

namespace postern::relay {

// A message as it is to be inserted. Borrows.
struct NewMessage {
    QueueId id;
    const Envelope& envelope;
    const ContentFacts& facts;
    std::string_view front;
    std::string_view hold;
    std::string_view octets;  // of what lies in the database
    bool in_file = false;
    Time arrived{};
};

// What a record did.
struct Recorded {
    bool found = false;      // false: the message was gone already, and nothing was done
    bool finished = false;   // its rows are deleted
    bool had_file = false;
    std::vector<Due> due;    // recipients that are still queued, unless it is held
};

class QueueWriterRows {
public:
    explicit QueueWriterRows(Database& database);

    void insert(const NewMessage& message, const QueueOptions& options);
    // The outcomes and the mark; not the reports.
    Recorded apply(const Record& record, const QueueOptions& options);
    void erase(QueueId id);

private:
    struct Open;  // a recipient that is still queued
    std::vector<Open> open_recipients(QueueId id);
    void update(const Record& record, const RecipientOutcome& outcome);

    Statement insert_message_, insert_recipient_, insert_content_, insert_attempt_;
    Statement select_message_, select_open_, update_recipient_, update_message_;
    Statement delete_message_, delete_recipients_, delete_content_, delete_attempts_;
};

class QueueReaderRows {
public:
    explicit QueueReaderRows(Database& database);

    std::optional<QueuedMessage> load(QueueId id);
    // All, by id. REQUIRES: `see` uses other statements only.
    void each(const std::function<void(const QueuedMessage&)>& see);
    struct Content {
        std::string front;
        std::string octets;
        std::uint64_t size = 0;
        bool in_file = false;
    };
    std::optional<Content> content(QueueId id);
    std::vector<Due> due();
    std::vector<Due> due(QueueId id);
    std::vector<QueueId> aged(Time time);

private:
    std::vector<Due> gather(Statement& statement);

    Statement message_, recipients_, messages_, all_recipients_, content_, due_, due_of_, aged_;
};

// Every message's turn by these options.
void give_turns(Database& database, const QueueOptions& options);

// Rows ↔ values. What no enumerator has reads as the first one.
std::int64_t number_of(const Notify& notify);
Notify notify_of(std::int64_t number);
std::int64_t number_of(Time time);
Time time_of(std::int64_t milliseconds);

}  // namespace postern::relay
