// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_schema.h"

#include <cerrno>

namespace postern::relay {

namespace {

constexpr std::int64_t application = 0x50535451;  // "PSTQ"
constexpr std::int64_t version = 1;

constexpr const char* tables = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE message(
    id INTEGER PRIMARY KEY, arrived INTEGER NOT NULL, born INTEGER NOT NULL, turn INTEGER NOT NULL,
    delay_reported INTEGER NOT NULL DEFAULT 0, hold TEXT NOT NULL,
    size INTEGER NOT NULL, eight_bit INTEGER NOT NULL, eight_bit_header INTEGER NOT NULL, in_file INTEGER NOT NULL,
    reverse_path TEXT NOT NULL, body INTEGER NOT NULL, smtputf8 INTEGER NOT NULL, ret INTEGER NOT NULL,
    envelope_id TEXT NOT NULL,
    client_address TEXT NOT NULL, client_port INTEGER NOT NULL, helo TEXT NOT NULL, protocol TEXT NOT NULL,
    tls TEXT NOT NULL, user TEXT NOT NULL, listener TEXT NOT NULL, front BLOB NOT NULL) STRICT;
CREATE INDEX message_turn ON message(turn) WHERE hold = '';
CREATE TABLE recipient(
    message INTEGER NOT NULL, position INTEGER NOT NULL, mailbox TEXT NOT NULL, domain TEXT NOT NULL,
    notify INTEGER NOT NULL, original_recipient TEXT NOT NULL, state INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL,
    last_at INTEGER NOT NULL DEFAULT 0, last_host TEXT NOT NULL DEFAULT '', last_reply TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(message, position)) STRICT, WITHOUT ROWID;
CREATE TABLE content(id INTEGER PRIMARY KEY, octets BLOB NOT NULL) STRICT;
CREATE TABLE attempt(
    message INTEGER NOT NULL, at INTEGER NOT NULL, position INTEGER NOT NULL, host TEXT NOT NULL, reply TEXT NOT NULL,
    PRIMARY KEY(message, at, position)) STRICT, WITHOUT ROWID;
CREATE TABLE change(sequence INTEGER PRIMARY KEY AUTOINCREMENT, message INTEGER NOT NULL) STRICT;
PRAGMA application_id = 1347638353;
PRAGMA user_version = 1;
COMMIT;
)sql";
static_assert(application == 1347638353);

std::int64_t pragma(Database& database, const char* sql) {
    Statement statement(database, sql);
    return statement.step() ? statement.integer(0) : 0;
}

std::string trouble(const Database& database) {
    if (database.error().value() == EBADMSG) return damage_of(database.message());
    return "cannot be used: " + database.error().message() + " (" + database.message() + ")";
}

}  // namespace

std::filesystem::path queue_database(const std::filesystem::path& folder) { return folder / "queue.db"; }
std::filesystem::path queue_spool(const std::filesystem::path& folder) { return folder / "spool"; }

std::string damage_of(const std::string& detail) {
    return "is damaged (" + detail +
           "); move it away, with its -wal and -shm, and restore what `sqlite3 queue.db .recover` gives";
}

std::string recognise_queue(Database& database) {
    const std::int64_t found = pragma(database, "PRAGMA application_id");
    const std::int64_t of = pragma(database, "PRAGMA user_version");
    if (database.error()) return trouble(database);
    if (found != application) return "is no queue of postern's";
    if (of != version) return "is of version " + std::to_string(of) + ", and this postern knows version 1 only";
    return {};
}

std::string prepare_queue(Database& database) {
    if (pragma(database, "SELECT count(*) FROM sqlite_master") == 0 && !database.error()) database.execute(tables);
    return recognise_queue(database);
}

}  // namespace postern::relay
