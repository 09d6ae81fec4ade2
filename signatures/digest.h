// SPDX-License-Identifier: Apache-2.0
// Digest kinds that signature sets use, and a small set of them.
#pragma once

#include <cstdint>

namespace postern::signatures {

enum class DigestKind : std::uint8_t { md5 = 1, sha1 = 2, sha256 = 4 };

struct DigestKinds {
    std::uint8_t bits = 0;
    bool has(DigestKind kind) const { return (bits & static_cast<std::uint8_t>(kind)) != 0; }
    void add(DigestKind kind) {
        bits = static_cast<std::uint8_t>(bits | static_cast<std::uint8_t>(kind));
    }
    bool empty() const { return bits == 0; }
};

}  // namespace postern::signatures
