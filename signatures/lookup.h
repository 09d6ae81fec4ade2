// SPDX-License-Identifier: Apache-2.0
// Looking digests of a content up in the tables.
#pragma once

#include "signatures/digest_table.h"
#include "signatures/hasher.h"

namespace postern::signatures {

// The names (places in the arena) under which a content is known: for each kind of digest,
// one of its size and one of any size at most.
std::vector<std::uint32_t> names_of(const DigestTables& tables, const Digests& digests,
                                    std::uint64_t size);

}  // namespace postern::signatures
