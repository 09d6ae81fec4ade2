// SPDX-License-Identifier: Apache-2.0
#include "signatures/set_file/sums.h"

#include <xxhash.h>

#include <algorithm>
#include <vector>

namespace postern::signatures::set_file {

namespace {

template <typename Sum, typename OfBlock>
std::vector<Sum> of_blocks(std::span<const std::byte> octets, OfBlock of_block) {
    std::vector<Sum> sums;
    for (std::size_t at = 0; at < octets.size(); at += sum_block) {
        sums.push_back(of_block(octets.subspan(at, std::min(sum_block, octets.size() - at))));
    }
    return sums;
}

}  // namespace

std::uint64_t sum_of(std::span<const std::byte> octets) {
    return XXH3_64bits(octets.data(), octets.size());
}

Digest digest_of(std::span<const std::byte> octets, Hasher& hasher) {
    hasher.begin();
    hasher.add(octets);
    return hasher.end();
}

std::uint64_t tree_sum_of(std::span<const std::byte> octets) {
    const auto sums = of_blocks<std::uint64_t>(octets, sum_of);
    return sum_of(std::as_bytes(std::span(sums)));
}

Digest tree_digest_of(std::span<const std::byte> octets, Hasher& hasher) {
    const auto digests =
        of_blocks<Digest>(octets, [&](std::span<const std::byte> block) { return digest_of(block, hasher); });
    return digest_of(std::as_bytes(std::span(digests)), hasher);
}

}  // namespace postern::signatures::set_file
