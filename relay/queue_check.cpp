// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_check.h"

#include "relay/queue_schema.h"
#include "relay/spool.h"

#include <optional>
#include <unordered_map>

namespace postern::relay {

namespace fs = std::filesystem;

namespace {

using Sizes = std::unordered_map<QueueId, std::uint64_t>;

// What the rows say is in files.
Sizes files_by_rows(Database& database) {
    Sizes sizes;
    Statement rows(database, "SELECT id, size FROM message WHERE in_file = 1");
    while (rows.step()) sizes[QueueId{rows.integer(0)}] = static_cast<std::uint64_t>(rows.integer(1));
    return sizes;
}

// Empty: as the row says.
std::string trouble_of(const fs::path& file, std::uint64_t size) {
    std::error_code error;
    const std::uint64_t found = fs::file_size(file, error);
    if (error) return "its file " + file.string() + " cannot be read: " + error.message();
    if (found == size) return {};
    return "its file " + file.string() + " has " + std::to_string(found) + " octets instead of " + std::to_string(size);
}

void sweep(const fs::path& spool, const Sizes& rows) {
    std::error_code error;
    std::vector<fs::path> orphans;
    for (const fs::directory_entry& entry : fs::directory_iterator(spool, error)) {
        const std::optional<QueueId> id = QueueId::parse(entry.path().filename().string());
        if (!id || !rows.contains(*id)) orphans.push_back(entry.path());
    }
    for (const fs::path& orphan : orphans) fs::remove(orphan, error);
}

void ask(Database& database, const char* sql, std::vector<QueueProblem>& problems, const char* what) {
    Statement rows(database, sql);
    while (rows.step()) problems.push_back({QueueId{rows.integer(0)}, what});
}

}  // namespace

void check_at_start(const fs::path& folder, Database& database) {
    const fs::path spool = queue_spool(folder);
    const Sizes rows = files_by_rows(database);
    if (database.error()) return;  // the first use will say so; and nothing may be swept
    sweep(spool, rows);
    for (const auto& [id, size] : rows) {
        const std::string trouble = trouble_of(spool_file(spool, id), size);
        if (trouble.empty()) continue;
        Statement(database, "UPDATE message SET hold = ? WHERE id = ?").with("damaged: " + trouble).with(id.value).run();
    }
}

std::vector<QueueProblem> check_queue(const fs::path& folder, Database& database) {
    std::vector<QueueProblem> problems;
    {
        Statement check(database, "PRAGMA integrity_check");
        while (check.step()) {
            if (check.text(0) != "ok") problems.push_back({{}, "the database is damaged: " + std::string(check.text(0))});
        }
    }
    ask(database, "SELECT id FROM message WHERE NOT EXISTS (SELECT 1 FROM recipient WHERE message = id AND state = 0)",
        problems, "it has no recipient left, and is still there");
    ask(database, "SELECT DISTINCT message FROM recipient WHERE message NOT IN (SELECT id FROM message)", problems,
        "its recipients are there without it");
    ask(database, "SELECT id FROM content WHERE id NOT IN (SELECT id FROM message)", problems,
        "its content is there without it");
    ask(database,
        "SELECT message.id FROM message LEFT JOIN content USING(id) WHERE in_file = 0 AND"
        " (octets IS NULL OR length(octets) <> size)",
        problems, "its content is missing or of another size");
    for (const auto& [id, size] : files_by_rows(database)) {
        const std::string trouble = trouble_of(spool_file(queue_spool(folder), id), size);
        if (!trouble.empty()) problems.push_back({id, trouble});
    }
    if (database.error()) problems.push_back({{}, "the database cannot be read: " + database.message()});
    return problems;
}

}  // namespace postern::relay
