// SPDX-License-Identifier: Apache-2.0
// TarReader: the regular members of a tar, plain or compressed, one at a time.
//
// libarchive reads it, held to tar and to the compressions that go with it. What a file is, its
// octets say; its name is not asked. Links and folders inside are no items: a hard link's octets
// are another member's.
//
// Invariants
//  (1) A reader that opened gives at least one member.
//  (2) A member that cannot be read, or is larger than the limit, comes out with an error; the next
//  one follows. (3) Damage that ends the tar comes out as a last member, with the tar's own path
//  (no name) and an error.
//
// For one thread at a time.
#pragma once

#include "mime/message.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace postern::corpora {

class TarReader {
public:
    struct Member {
        std::string name;  // as stored, without a leading "./"
        std::string bytes;
        std::string error;
    };

    // Nothing when the file is no tar with a regular member in it. Shares the message's octets.
    static std::unique_ptr<TarReader> open(const mime::Message& file);
    ~TarReader();

    std::optional<Member> next();

    // Octets of the file that were read, for progress.
    std::uint64_t position() const;

    static constexpr std::uint64_t largest_member = std::uint64_t{1} << 30;

private:
    struct State;
    explicit TarReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace postern::corpora
