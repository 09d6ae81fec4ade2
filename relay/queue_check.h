// SPDX-License-Identifier: Apache-2.0
// Is the queue whole? At start quickly, by command thoroughly.
#pragma once

#include "relay/database.h"
#include "relay/queue_id.h"

#include <filesystem>
#include <string>
#include <vector>

namespace postern::relay {

// At start, when nothing else writes: deletes files without a row, and puts on hold every message whose file is missing or
// of another size, so that nothing of it is lost or said to be delivered.
void check_at_start(const std::filesystem::path& folder, Database& database);

struct QueueProblem {
    QueueId id;        // 0: of the whole queue
    std::string what;  // a sentence
};

// Reads everything. Changes nothing; safe beside a running relay.
std::vector<QueueProblem> check_queue(const std::filesystem::path& folder, Database& database);

}  // namespace postern::relay
