// SPDX-License-Identifier: Apache-2.0
// QueueTool: the queue as its operators see and change it, beside a running relay or without one.
//
// Reads are snapshots. A change is one transaction; the relay notices it within a second, since the ids are noted in a
// table that it reads. What is on its way to the next hop at that moment is not called back.
#pragma once

#include "relay/database.h"
#include "relay/queue.h"
#include "relay/queue_check.h"
#include "relay/queued_message.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace postern::relay {

// All that is given must hold. Nothing given: every message.
struct QueueFilter {
    std::vector<QueueId> ids{};
    std::optional<std::string> sender{};     // "a@b.example", "@b.example" or "<>"; letters' case counts not
    std::optional<std::string> recipient{};  // of one that is queued: "a@b.example" or "@b.example"
    std::optional<std::chrono::milliseconds> older{};
    std::optional<std::chrono::milliseconds> newer{};
    std::optional<bool> held{};

    bool is_empty() const;
    bool takes(const QueuedMessage& message, Time time) const;
};

struct QueueStatistics {
    struct Group {
        std::size_t messages = 0;
        std::uint64_t octets = 0;
        Time oldest = Time::max();
    };
    Group all, held, waiting, deferred;          // deferred: tried at least once
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

    // Each gives the ids that it changed.
    std::vector<QueueId> hold(const QueueFilter& filter, const std::string& reason);
    std::vector<QueueId> release(const QueueFilter& filter);
    std::vector<QueueId> retry(const QueueFilter& filter);
    std::vector<QueueId> remove(const QueueFilter& filter);

private:
    std::vector<QueueId> change(const QueueFilter& filter, const std::function<bool(QueueId)>& act);
    void demand();

    std::filesystem::path folder_;
    Database database_;
};

}  // namespace postern::relay
