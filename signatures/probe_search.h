// SPDX-License-Identifier: Apache-2.0
// Probes: two octets of a part, so rare together that looking for them finds hardly anything else.
//
// The generic SIMD substring search (Muła, "SIMD-friendly algorithms for substring searching"), with the
// rarest octets of a part in the place of its first and last one, and masks, so that letters in any case
// and half-known octets are searched for at the same speed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace postern::signatures {

// An octet at a fixed distance from the start, compared where the mask has bits.
struct Probe {
    std::uint32_t offset = 0;
    std::uint8_t value = 0;  // no bit outside the mask
    std::uint8_t mask = 0;   // 0: there is none
    std::uint16_t unused = 0;
};

using Probes = std::array<Probe, 2>;

// The first of `count` starts at which both fit; `count`: none of them.
// REQUIRES: content holds `count` octets behind either offset. Thread-safe.
std::size_t next_probed(const Probes& probes, std::span<const std::byte> content, std::size_t count);

}  // namespace postern::signatures
