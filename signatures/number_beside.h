// SPDX-License-Identifier: Apache-2.0
// The number that a byte comparison reads from a content.
#pragma once

#include "signatures/logical_signature.h"

#include <cstddef>
#include <optional>
#include <span>

namespace postern::signatures {

// `at`: where the match begins that it stands beside. Nothing: the octets are not all there, or
// are no number.
std::optional<std::uint64_t> number_beside(const ByteCompare& compare,
                                           std::span<const std::byte> content, std::size_t at);

}  // namespace postern::signatures
