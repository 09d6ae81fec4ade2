// SPDX-License-Identifier: Apache-2.0
// DigestFilter: says of nearly every digest that a table does not hold it, from one cache line.
//
// A blocked Bloom filter (Putze, Sanders, Singler, "Cache-, hash- and space-efficient Bloom filters"): ten
// bits a row, six of them set, all in one block of 64 octets. Digests are as good as random, so their own
// octets are the hashes. A search in a table of ten million rows touches pages all over it; in a mapped set
// these would become resident, one by one, though nothing is ever found there.
//
// Invariants
//  (1) may_hold() is true for every digest that was added.
//
// Thread-safe once made.
#pragma once

#include "signatures/array.h"

#include <cstddef>
#include <cstdint>

namespace postern::signatures {

class DigestFilter {
public:
    // Makes room for so many digests; below a few thousand the filter stays away and holds any.
    void expect(std::size_t digests);
    // `digest` has 16 octets or more.
    void add(const std::uint8_t* digest);
    bool may_hold(const std::uint8_t* digest) const;

    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor.array("filter", words_);
    }

private:
    std::size_t block_of(const std::uint8_t* digest) const;

    Array<std::uint64_t> words_;  // of blocks, one after the other
};

}  // namespace postern::signatures
