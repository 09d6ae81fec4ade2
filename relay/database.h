// SPDX-License-Identifier: Apache-2.0
// Database: SQLite as the queue wants it: statements prepared once, and one error for a whole transaction.
//
// The first error stays until clear_error(); until then every statement does nothing and gives no row. So a
// transaction is written as straight lines and asked once, at its end, whether it came to be.
//
// Not thread-safe: a connection belongs to one thread, or is used under a lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace postern::relay {

class Database {
public:
    enum class Access { read, write, create };

    // WAL, synchronous=FULL. Never null; a connection that could not be opened has an error that stays.
    Database(const std::filesystem::path& path, Access access);
    ~Database();

    // Statements separated by ';', without parameters.
    bool execute(const char* sql);
    // ENOSPC, EIO, EBUSY or EBADMSG (damaged), or none.
    std::error_code error() const;
    std::string message() const;  // the same in SQLite's words
    void clear_error();
    bool in_transaction() const;
    std::int64_t changes() const;  // rows of the last statement
    // Pages in the write-ahead log after this connection's last commit.
    int log_pages() const;
    // Moves what was committed into the main file, as far as readers allow.
    void checkpoint();

private:
    friend class Statement;
    struct Handle;
    void note(int code);
    std::unique_ptr<Handle> handle_;
};

// REQUIRES: the database outlives it.
class Statement {
public:
    Statement(Database& database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;

    // The next parameter, from the left. The octets must live until run() or reset().
    Statement& with(std::int64_t value);
    Statement& with(std::string_view text);
    Statement& with_octets(std::string_view octets);

    // True: a row to read. False: the end, or an error; the statement is ready for new parameters.
    bool step();
    // Through to the end; false with an error.
    bool run();
    void reset();

    // Columns of the row, until the next step(). What is NULL or of another kind reads as 0 or "".
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;  // octets, too

private:
    struct Handle;
    Database& database_;
    std::unique_ptr<Handle> handle_;
    int next_ = 1;
};

}  // namespace postern::relay
