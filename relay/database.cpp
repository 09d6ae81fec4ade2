// SPDX-License-Identifier: Apache-2.0
#include "relay/database.h"

#include <cerrno>
#include <sqlite3.h>

namespace postern::relay {

struct Database::Handle {
    sqlite3* connection = nullptr;
    std::error_code error;
    std::string message;
    int log_pages = 0;
};

struct Statement::Handle {
    sqlite3_stmt* statement = nullptr;
};

namespace {

int number_of(sqlite3* connection, int code) {
    switch (code & 0xff) {
        case SQLITE_FULL: return ENOSPC;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return EBUSY;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return EBADMSG;
        case SQLITE_NOMEM: return ENOMEM;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH: return EACCES;
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR: break;
        default: return EIO;
    }
    const int number = connection != nullptr ? sqlite3_system_errno(connection) : 0;
    return number != 0 ? number : EIO;
}

int count_pages(void* pages, sqlite3*, const char*, int in_log) {
    *static_cast<int*>(pages) = in_log;
    return SQLITE_OK;
}

}  // namespace

Database::Database(const std::filesystem::path& path, Access access) : handle_(std::make_unique<Handle>()) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(path.c_str(), &handle_->connection, flags, nullptr);
    if (code != SQLITE_OK) {
        note(code);
        return;
    }
    sqlite3_busy_timeout(handle_->connection, 10'000);
    if (access == Access::create) execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY");
    // In place of the hook that checkpoints by itself: the log is moved by checkpoint(), when that suits.
    sqlite3_wal_hook(handle_->connection, count_pages, &handle_->log_pages);
}

Database::~Database() { sqlite3_close_v2(handle_->connection); }

void Database::note(int code) {
    if (handle_->error) return;
    handle_->error = {number_of(handle_->connection, code), std::system_category()};
    handle_->message = handle_->connection != nullptr ? sqlite3_errmsg(handle_->connection) : sqlite3_errstr(code);
}

bool Database::execute(const char* sql) {
    if (handle_->error) return false;
    const int code = sqlite3_exec(handle_->connection, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) note(code);
    return code == SQLITE_OK;
}

std::error_code Database::error() const { return handle_->error; }
std::string Database::message() const { return handle_->message; }

void Database::clear_error() {
    handle_->error.clear();
    handle_->message.clear();
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_->connection) == 0; }
std::int64_t Database::changes() const { return sqlite3_changes64(handle_->connection); }

int Database::log_pages() const { return handle_->log_pages; }

void Database::checkpoint() {
    // What cannot be moved now stays in the log; an error shows in the next statement if it is a lasting one.
    sqlite3_wal_checkpoint_v2(handle_->connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Statement::Statement(Database& database, std::string_view sql)
    : database_(database), handle_(std::make_unique<Handle>()) {
    if (database.handle_->error) return;
    const int code = sqlite3_prepare_v3(database.handle_->connection, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_->statement, nullptr);
    if (code != SQLITE_OK) database.note(code);
}

Statement::~Statement() { sqlite3_finalize(handle_->statement); }

Statement& Statement::with(std::int64_t value) {
    sqlite3_bind_int64(handle_->statement, next_++, value);
    return *this;
}

Statement& Statement::with(std::string_view text) {
    const char* data = text.data() != nullptr ? text.data() : "";
    sqlite3_bind_text64(handle_->statement, next_++, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Statement& Statement::with_octets(std::string_view octets) {
    const char* data = octets.data() != nullptr ? octets.data() : "";
    sqlite3_bind_blob64(handle_->statement, next_++, data, octets.size(), SQLITE_STATIC);
    return *this;
}

bool Statement::step() {
    if (database_.handle_->error || handle_->statement == nullptr) return reset(), false;
    const int code = sqlite3_step(handle_->statement);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.note(code);
    reset();
    return false;
}

bool Statement::run() {
    while (step()) {
    }
    return !database_.handle_->error;
}

void Statement::reset() {
    if (handle_->statement == nullptr) return;
    sqlite3_reset(handle_->statement);
    sqlite3_clear_bindings(handle_->statement);
    next_ = 1;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_->statement, column); }

std::string_view Statement::text(int column) const {
    const void* data = sqlite3_column_blob(handle_->statement, column);
    const int size = sqlite3_column_bytes(handle_->statement, column);
    return data != nullptr ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size))
                           : std::string_view();
}

}  // namespace postern::relay
