// SPDX-License-Identifier: Apache-2.0
// QueueTool: the queue as its operators see and change it, beside a running relay or without one.
//
// Reads are snapshots. Changes are made some hundred messages at a time, each looked at again in
// the transaction that changes it, so that a running relay never waits long; it notices within a
// second, since the ids are noted in a table that it reads. What is on its way to the next hop at
// that moment is not called back.
#pragma once

#include "relay/database.h"
#include "relay/queue.h"
#include "relay/queue_check.h"
#include "relay/queued_message.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace postern::relay {

// All that is given must hold. Nothing given: every message.
struct QueueFilter {
    std::optional<std::vector<QueueId>> ids{};
    std::optional<std::string>
        sender{};  // "a@b.example", "b.example", "@b.example" or "<>"; case counts not
    std::optional<std::string>
        recipient{};  // of one that is queued: "a@b.example", "b.example" or "@b.example"
    std::optional<std::chrono::milliseconds> older{};
    std::optional<std::chrono::milliseconds> newer{};
    std::optional<bool> held{};

    bool is_empty() const;
    bool takes(const QueuedMessage& message, Time time) const;
};

// Deferred: tried at least once.
enum class MessageState : std::uint8_t { waiting, deferred, held };
MessageState state_of(const QueuedMessage& message);

const char* name_of(MessageState state);
const char* name_of(RecipientState state);

struct QueueStatistics {
    struct Group {
        std::size_t messages = 0;
        std::uint64_t octets = 0;
        Time oldest = Time::max();
    };
    Group all, held, waiting, deferred;
    std::map<std::string, std::size_t> domains;  // queued recipients
};

// Not thread-safe. Throws QueueError with a sentence wherever the queue cannot be read or written.
class QueueTool {
public:
    explicit QueueTool(std::filesystem::path folder);

    // In the order of arrival.
    void each(const QueueFilter& filter, const std::function<void(const QueuedMessage&)>& see);
    std::optional<QueuedMessage> find(QueueId id);
    // Every attempt that failed, the oldest first.
    struct AttemptRow {
        Time at{};
        std::uint32_t position = 0;
        std::string host;
        std::string reply;
    };
    std::vector<AttemptRow> attempts(QueueId id);
    std::shared_ptr<const StoredContent> content(QueueId id);
    QueueStatistics statistics();
    std::vector<QueueProblem> check();

    // Each gives the ids that it changed, in the order of arrival.
    std::vector<QueueId> hold(const QueueFilter& filter, const std::string& reason);
    std::vector<QueueId> release(const QueueFilter& filter);
    std::vector<QueueId> retry(const QueueFilter& filter);
    std::vector<QueueId> remove(const QueueFilter& filter);

private:
    using Ids = std::span<const QueueId>;
    std::vector<QueueId> change(const QueueFilter& filter, const std::function<bool(QueueId)>& act);
    std::vector<QueueId> change_some(const QueueFilter& filter, Ids ids,
                                     const std::function<bool(QueueId)>& act);
    void demand();

    std::filesystem::path folder_;
    Database database_;
};

}  // namespace postern::relay
