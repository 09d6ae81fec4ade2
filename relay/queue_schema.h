// SPDX-License-Identifier: Apache-2.0
// The database of the queue: its tables (QUEUE.md explains them) and its version.
#pragma once

#include "relay/database.h"

#include <filesystem>
#include <string>

namespace postern::relay {

std::filesystem::path queue_database(const std::filesystem::path& folder);  // queue.db
std::filesystem::path queue_spool(const std::filesystem::path& folder);     // spool

// Makes the tables where there are none. Gives a sentence when the file is of another kind or version, or cannot be
// used; else nothing.
std::string prepare_queue(Database& database);
// The same without making anything: for programs beside the relay.
std::string recognise_queue(Database& database);
// What is to be said of a database in which SQLite found `detail`.
std::string damage_of(const std::string& detail);

}  // namespace postern::relay
