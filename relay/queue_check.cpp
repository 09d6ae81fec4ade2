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
    while (rows.step())
        sizes[QueueId{rows.integer(0)}] = static_cast<std::uint64_t>(rows.integer(1));
    return sizes;
}

// Empty: as the row says.
std::string trouble_of(const fs::path& file, std::uint64_t size) {
    std::error_code error;
    const std::uint64_t found = fs::file_size(file, error);
    if (error) return "its file " + file.string() + " cannot be read: " + error.message();
    if (found == size) return {};
    return "its file " + file.string() + " has " + std::to_string(found) + " octets instead of " +
           std::to_string(size);
}

std::vector<fs::path> orphans(const fs::path& spool, const Sizes& rows) {
    std::error_code error;
    std::vector<fs::path> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(spool, error)) {
        const std::optional<QueueId> id = QueueId::parse(entry.path().filename().string());
        if (!id || !rows.contains(*id)) found.push_back(entry.path());
    }
    return found;
}

void sweep(const fs::path& spool, const Sizes& rows) {
    std::error_code error;
    for (const fs::path& orphan : orphans(spool, rows)) fs::remove(orphan, error);
}

// Beside a running relay a file that comes in, or whose row is about to be committed, looks like
// one that is left over.
bool is_old(const fs::path& file) {
    std::error_code error;
    const auto written = fs::last_write_time(file, error);
    return !error && written + std::chrono::hours(1) < fs::file_time_type::clock::now();
}

void ask(Database& database, const char* sql, std::vector<QueueProblem>& problems,
         const char* what) {
    Statement rows(database, sql);
    while (rows.step()) problems.push_back({QueueId{rows.integer(0)}, what});
}

// What does not fit in one sentence is in `postern queue check`.
void add_damage(Database& database, const std::string& pragma,
                std::vector<QueueProblem>& problems) {
    Statement check(database, pragma);
    while (check.step()) {
        if (check.text(0) != "ok")
            problems.push_back({{}, "the database is damaged: " + std::string(check.text(0))});
    }
}

void add_files(const fs::path& spool, const Sizes& rows, std::vector<QueueProblem>& problems) {
    for (const auto& [id, size] : rows) {
        const std::string trouble = trouble_of(spool_file(spool, id), size);
        if (!trouble.empty()) problems.push_back({id, trouble});
    }
}

constexpr const char* without_content =
    "SELECT id FROM message WHERE in_file = 0 AND id NOT IN (SELECT id FROM content)";

}  // namespace

std::vector<QueueProblem> check_at_start(const fs::path& folder, Database& database) {
    std::vector<QueueProblem> problems;
    for (const char* table : {"message", "recipient", "attempt", "change"}) {
        add_damage(database, "PRAGMA quick_check('" + std::string(table) + "')", problems);
    }
    const fs::path spool = queue_spool(folder);
    const Sizes rows = files_by_rows(database);
    if (database.error() || !problems.empty())
        return problems;  // nothing may be swept by rows like these
    sweep(spool, rows);
    add_files(spool, rows, problems);
    database.execute("BEGIN IMMEDIATE");
    {
        Statement hold(database, "UPDATE message SET hold = ? WHERE id = ? AND hold = ''");
        for (const auto& [id, what] : problems) hold.with("damaged: " + what).with(id.value).run();
    }
    database.execute("COMMIT");
    return problems;
}

std::vector<QueueProblem> check_queue(const fs::path& folder, Database& database) {
    std::vector<QueueProblem> problems;
    add_damage(database, "PRAGMA integrity_check", problems);
    ask(database,
        "SELECT id FROM message WHERE NOT EXISTS (SELECT 1 FROM recipient WHERE message = id AND "
        "state = 0)",
        problems, "it has no recipient left, and is still there");
    ask(database,
        "SELECT DISTINCT message FROM recipient WHERE message NOT IN (SELECT id FROM message)",
        problems, "its recipients are there without it");
    ask(database,
        "SELECT DISTINCT message FROM attempt WHERE message NOT IN (SELECT id FROM message)",
        problems, "its attempts are there without it");
    ask(database, "SELECT id FROM content WHERE id NOT IN (SELECT id FROM message)", problems,
        "its content is there without it");
    ask(database, without_content, problems, "its content is not in the database");
    ask(database,
        "SELECT id FROM message JOIN content USING(id) WHERE in_file = 0 AND length(octets) <> "
        "size",
        problems, "its content is of another size than its row says");
    // The rows first, the files then: what a running relay deletes meanwhile has to be asked for
    // again.
    const Sizes rows = files_by_rows(database);
    std::vector<QueueProblem> files;
    add_files(queue_spool(folder), rows, files);
    const Sizes still = files_by_rows(database);
    for (QueueProblem& problem : files) {
        if (still.contains(problem.id)) problems.push_back(std::move(problem));
    }
    for (const fs::path& orphan : orphans(queue_spool(folder), still)) {
        if (is_old(orphan))
            problems.push_back({{},
                                "the file " + orphan.string() +
                                    " belongs to no message; the next start deletes it"});
    }
    if (database.error())
        problems.push_back({{}, "the database cannot be read: " + database.message()});
    return problems;
}

}  // namespace postern::relay
