// SPDX-License-Identifier: Apache-2.0
// Is the queue whole? At start quickly, by command thoroughly.
#pragma once

#include "relay/database.h"
#include "relay/queued_message.h"

#include <filesystem>
#include <string>
#include <vector>

namespace postern::relay {

// At start, when nothing else writes: deletes files without a row, and puts on hold every message
// whose file is missing or of another size, so that nothing of it is lost or said to be
// delivered. Gives what it held. The pages of the tables are checked, except those that hold
// nothing but messages: 100,000 messages take a fraction of a second. An error of the database
// (EBADMSG: damaged) stays in it, and then nothing was changed.
std::vector<QueueProblem> check_at_start(const std::filesystem::path& folder, Database& database);

// Reads everything. Changes nothing; safe beside a running relay.
std::vector<QueueProblem> check_queue(const std::filesystem::path& folder, Database& database);

}  // namespace postern::relay
