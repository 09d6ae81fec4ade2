// SPDX-License-Identifier: Apache-2.0
// Spool: a stream's octets as they come in, to be handed to a worker as one descriptor.
//
// In memory (memfd), while all spools together stay within what memory they may have; what would
// lead beyond it lies in a file without a name, which the kernel writes out when it needs the room.
// Nobody waits for memory, so half-received streams can never block each other.
//
// For one thread.
#pragma once

#include "engine/service/descriptor.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>

namespace postern::engine::service {

// What all spools of a process share.
struct SpoolRoom {
    std::uint64_t most_in_memory = 0;
    std::filesystem::path folder;  // for the files without names
    std::uint64_t in_memory = 0;   // now
    std::uint64_t held = 0;        // now, in memory and files
};

class Spool {
public:
    explicit Spool(std::shared_ptr<SpoolRoom> room) : room_(std::move(room)) {}
    Spool(Spool&& other) noexcept;
    Spool& operator=(Spool&& other) noexcept;
    ~Spool();

    std::error_code append(std::span<const std::byte> octets);
    std::uint64_t size() const { return size_; }
    // Nothing was appended: an empty file all the same. -1 when none could be made.
    int descriptor();

private:
    std::error_code open(std::uint64_t first);
    std::error_code move_to_file();
    std::error_code write(std::span<const std::byte> octets);

    std::shared_ptr<SpoolRoom> room_;
    Descriptor file_;
    bool in_memory_ = false;
    std::uint64_t size_ = 0;
};

}  // namespace postern::engine::service
