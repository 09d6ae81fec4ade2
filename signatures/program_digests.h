// SPDX-License-Identifier: Apache-2.0
// Digest signatures of parts of a PE file: its sections, and the text of its import table.
#pragma once

#include "signatures/hasher.h"
#include "signatures/matcher.h"
#include "signatures/tables.h"

namespace postern::signatures {

// Nothing is read where the set has no such signatures. Work is linear in the content, whatever its
// headers say: overlapping sections are digested until `most_section_octets` times its size.
inline constexpr std::uint64_t most_section_octets = 16;

std::vector<Match> match_program_digests(const SignatureSet::Tables& tables,
                                         std::span<const std::byte> content, Hasher& hasher);

}  // namespace postern::signatures
