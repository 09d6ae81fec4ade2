// SPDX-License-Identifier: Apache-2.0
// Sums over a section: of its blocks first, then of these sums, so that all cores can take part.
//
// For this folder alone.
#pragma once

#include "signatures/hasher.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace postern::signatures::set_file {

inline constexpr std::size_t sum_block = std::size_t{1} << 20;

using Digest = std::array<std::uint8_t, 32>;

// XXH3, 64 bits: against accidents.
std::uint64_t sum_of(std::span<const std::byte> octets);
// SHA-256: what a signature speaks of.
Digest digest_of(std::span<const std::byte> octets, Hasher& hasher);

// The same of all blocks of `octets`, then of what they gave.
std::uint64_t tree_sum_of(std::span<const std::byte> octets);
Digest tree_digest_of(std::span<const std::byte> octets, Hasher& hasher);

}  // namespace postern::signatures::set_file
