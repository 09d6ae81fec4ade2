// SPDX-License-Identifier: Apache-2.0
// The first four octets choose the block, the second eight the bits: rows sorted by digest fill the filter
// from its begin to its end.
#include "signatures/digest_filter.h"

#include <bit>
#include <cstring>

namespace postern::signatures {

namespace {

constexpr std::size_t block_words = 8;
constexpr std::size_t block_bits = 64 * block_words;
constexpr std::size_t bits_for_each = 10;
constexpr unsigned bits_set = 6;
constexpr unsigned bits_of_place = 9;  // of 512
constexpr std::size_t worth_a_filter = 4096;

// The octets in the order of the file, whatever the machine's.
std::uint64_t word_at(const std::uint8_t* octets) {
    std::uint64_t word = 0;
    std::memcpy(&word, octets, sizeof word);
    return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

std::size_t place(std::uint64_t word, unsigned number) {
    return word >> (bits_of_place * number) & (block_bits - 1);
}

}  // namespace

void DigestFilter::expect(std::size_t digests) {
    const std::size_t blocks = digests < worth_a_filter ? 0 : digests * bits_for_each / block_bits + 1;
    words_.rows().assign(blocks * block_words, 0);
}

std::size_t DigestFilter::block_of(const std::uint8_t* digest) const {
    const std::uint64_t blocks = words_.size() / block_words;
    return static_cast<std::size_t>((word_at(digest) >> 32) * blocks >> 32) * block_words;
}

void DigestFilter::add(const std::uint8_t* digest) {
    if (words_.empty()) return;
    std::uint64_t* block = words_.rows().data() + block_of(digest);
    const std::uint64_t word = word_at(digest + 8);
    for (unsigned i = 0; i < bits_set; ++i) {
        const std::size_t bit = place(word, i);
        block[bit / 64] |= std::uint64_t{1} << bit % 64;
    }
}

bool DigestFilter::may_hold(const std::uint8_t* digest) const {
    if (words_.size() < block_words) return true;
    const std::uint64_t* block = words_.data() + block_of(digest);
    const std::uint64_t word = word_at(digest + 8);
    std::uint64_t all = 1;
    for (unsigned i = 0; i < bits_set; ++i) {
        const std::size_t bit = place(word, i);
        all &= block[bit / 64] >> bit % 64;
    }
    return all != 0;
}

}  // namespace postern::signatures
