// SPDX-License-Identifier: Apache-2.0
// The spool: where the octets of messages lie.
//
// A small message stays in memory until the queue puts it into its database. A larger one is a file from the
// moment it outgrows that: spool/ID.new while it comes in, then synced and renamed to spool/ID by the queue.
// Content is kept as it was sent, in CRLF lines, without dot-stuffing; the fields that we put in front of it are
// kept with the envelope, so that nothing is ever copied.
//
// Invariants
//  (1) A file named ID.new was never accepted. A file named ID was, if the queue has a row for it.
//  (2) What an IncomingMessage leaves behind when it is destroyed without having been committed is nothing.
#pragma once

#include "relay/queue_id.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace postern::relay {

// A descriptor that is closed with its owner.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    int release();

private:
    int number_ = -1;
};

// What the octets say of themselves, told while they come in.
struct ContentFacts {
    std::uint64_t size = 0;          // octets, without the fields in front
    bool eight_bit = false;          // an octet above 127 anywhere
    bool eight_bit_header = false;   // ... in the header section
};

// One message that is coming in. Not thread-safe; may move between threads.
class IncomingMessage {
public:
    IncomingMessage(std::filesystem::path folder, QueueId id, std::uint64_t small_message);
    ~IncomingMessage();
    IncomingMessage(const IncomingMessage&) = delete;

    QueueId id() const { return id_; }
    const ContentFacts& facts() const { return facts_; }
    std::uint64_t size() const { return facts_.size; }

    // Unstuffed octets. An error (disk full, I/O) stays: all that follows is ignored, and commit gives it back.
    std::error_code append(std::string_view octets);
    std::error_code error() const { return error_; }

    // For the scan: an open file with exactly the octets appended, at offset 0. -1: see error(). What is large starts on
    // its way to the disk here, so that it arrives while the scan runs. REQUIRES: nothing is appended after it.
    int descriptor();

    // The queue's side.
    bool is_file() const { return file_.is_open(); }
    const std::string& octets() const { return memory_; }  // of what is no file
    std::error_code sync();                                // of what is a file: on disk as ID.new
    std::error_code publish();                             // renames ID.new to ID; the folder is not yet synced
    void keep() { kept_ = true; }                          // the row is there: the file stays

private:
    std::error_code fail(int number);
    void observe(std::string_view octets);
    bool become_file();
    bool write_out();

    std::filesystem::path folder_;
    QueueId id_;
    std::uint64_t small_message_;
    ContentFacts facts_;
    unsigned header_line_ends_ = 2;  // of the last CRLF CRLF; 4: the header section is over
    std::string memory_;             // a small message, or what of a file is not written yet
    Descriptor file_;
    Descriptor view_;                // of a small one: an unnamed file in memory
    std::uint64_t started_ = 0;      // octets of the file on their way to the disk
    bool published_ = false;
    bool kept_ = false;
    std::error_code error_;
};

std::filesystem::path spool_file(const std::filesystem::path& folder, QueueId id);
std::error_code sync_folder(const std::filesystem::path& folder);

// The octets of a queued message, the fields in front first. Thread-safe; every error is one of reading.
class StoredContent {
public:
    StoredContent(std::string front, std::string octets);
    StoredContent(std::string front, Descriptor file, std::uint64_t size);

    std::uint64_t size() const { return front_.size() + size_; }
    // Reads up to buffer.size() octets at `offset`; gives how many: 0 only at the end or with an error.
    std::size_t read(std::uint64_t offset, std::span<char> buffer, std::error_code& error) const;

private:
    std::string front_;
    std::string octets_;
    Descriptor file_;
    std::uint64_t size_ = 0;
};

}  // namespace postern::relay
