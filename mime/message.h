// SPDX-License-Identifier: Apache-2.0
// Message: the octets of one RFC 5322 message, mapped from a file, owned, or a slice of either.
//
// A Message is a value: copies share the same octets, which never change. Everything that reads a
// message borrows from bytes() and keeps ranges, so a message of 100 MiB is in memory once.
//
// Invariants
//  (1) bytes() is the same span, with the same content, as long as one copy lives.
//  (2) A slice keeps what it was cut from alive.
#pragma once

#include "mime/buffer.h"
#include "mime/range.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace postern::mime {

class Message {
public:
    Message() = default;

    // Maps the file read-only. On failure `error` says why and the message is empty.
    // A file that another process truncates while it is mapped is outside this contract.
    static Message map(const std::filesystem::path& path, std::error_code& error);

    // Takes the octets over.
    static Message own(std::string bytes);
    static Message own(Buffer bytes);

    // REQUIRES: `bytes` outlives every copy of the message.
    static Message borrow(std::span<const std::byte> bytes);

    // The part [range.begin, range.end), sharing the octets. REQUIRES: range lies inside.
    Message slice(ByteRange range) const;

    std::span<const std::byte> bytes() const { return bytes_; }
    std::string_view text() const {
        return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    }
    std::size_t size() const { return bytes_.size(); }

private:
    Message(std::shared_ptr<const void> owner, std::span<const std::byte> bytes)
        : owner_(std::move(owner)), bytes_(bytes) {}

    std::shared_ptr<const void> owner_;
    std::span<const std::byte> bytes_;
};

}  // namespace postern::mime
