// SPDX-License-Identifier: Apache-2.0
// QueueCensus: how much of what state and age is in the queue, for whoever draws it over time.
//
// It has a connection of its own, so that counting never makes a delivery wait.
#pragma once

#include "relay/database.h"
#include "relay/queue_tool.h"

#include <array>
#include <filesystem>
#include <vector>

namespace postern::relay {

// Classes of age end at these; the last one does not end.
constexpr std::array<std::chrono::minutes, 5> age_limits{
    std::chrono::minutes(5), std::chrono::hours(1), std::chrono::hours(4), std::chrono::days(1),
    std::chrono::minutes::max()};

struct QueueCount {
    MessageState state{};
    std::size_t age = 0;  // an index of age_limits
    std::uint64_t messages = 0;
    std::uint64_t octets = 0;
    Time oldest{};
};

// Not thread-safe.
class QueueCensus {
public:
    // REQUIRES: the queue of that folder is open.
    explicit QueueCensus(const std::filesystem::path& folder);

    // What there is of each state and age; what there is nothing of is left out. 100,000 messages
    // take some tenths of a second. Empty, too, when the database cannot be read.
    std::vector<QueueCount> count(Time time);

private:
    Database database_;
    Statement rows_;
};

}  // namespace postern::relay
