// SPDX-License-Identifier: Apache-2.0
// Production: the octets of one member as they come out of a decoder, charged to the Budget on the way.
//
// A decoder writes at most a chunk into room() and then says how much; only what the Budget grants is kept.
// So a member may overrun what it was granted by no more than the chunk, and is cut exactly at the limit.
#pragma once

#include "engine/budget.h"
#include "engine/octets.h"

#include "mime/buffer.h"

namespace postern::engine::expand {

class Production {
public:
    // REQUIRES: budget outlives the Production.
    explicit Production(Budget& budget) : budget_(budget) {}

    // Where the next octets go, at least one; the size is how many at most.
    std::span<std::byte> room();
    // `n` octets of room() were written. False when the Budget says stop.
    bool commit(std::size_t n);
    bool append(Octets bytes);
    bool append_zeros(std::uint64_t n);
    // Room for exactly `n` octets, charged at once; empty when they would not be granted, which is not
    // yet a refusal: the declared size may be a lie.
    std::span<std::byte> all_at_once(std::uint64_t n);
    // After all_at_once(n): how many octets of it were written after all.
    void settle(std::uint64_t n, std::size_t written);

    // Looks at the clock; false when time is up. For loops that may turn without producing.
    bool in_time();
    bool refuse(Limit limit);  // always false

    std::optional<Limit> refused() const { return refused_; }
    const Limits& limits() const { return budget_.limits(); }
    Octets bytes() const { return buffer_.bytes(); }
    void forget();  // what came out so far is not wanted
    mime::Buffer take();

private:
    Budget& budget_;
    mime::Buffer buffer_;
    std::optional<Limit> refused_;
};

}  // namespace postern::engine::expand
