// SPDX-License-Identifier: Apache-2.0
// Hasher: several digests of one content, in one pass over it. The only door to OpenSSL.
//
// For one thread at a time; making one costs little, using it again costs nothing.
#pragma once

#include "signatures/digest.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace postern::signatures {

struct Digests {
    DigestKinds kinds;  // of which the rest is true
    std::array<std::uint8_t, 16> md5{};
    std::array<std::uint8_t, 20> sha1{};
    std::array<std::uint8_t, 32> sha256{};
};

class Hasher {
public:
    // Throws std::bad_alloc.
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;

    Digests digest(std::span<const std::byte> content, DigestKinds kinds);

    // SHA-256 of what is added piece by piece, for the generation of a set.
    void begin();
    void add(std::span<const std::byte> octets);
    void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
    std::array<std::uint8_t, 32> end();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
