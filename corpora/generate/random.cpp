// SPDX-License-Identifier: Apache-2.0
// xoshiro256** as its authors define it.
#include "corpora/generate/random.h"

#include <bit>

namespace postern::corpora {
namespace {

std::uint64_t split_mix(std::uint64_t& state) {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t state = seed;
    state = split_mix(state) ^ stream;
    for (std::uint64_t& word : state_) word = split_mix(state);
}

std::uint64_t Random::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

// The bias of a remainder is below 2^-30 for the small ranges asked for here.
std::uint64_t Random::below(std::uint64_t n) {
    return (next() >> 8) % n;
}

bool Random::chance(double share) {
    return static_cast<double>(next() >> 11) * 0x1p-53 < share;
}

void Random::append(std::string& out, std::size_t n) {
    const std::size_t begin = out.size();
    out.resize(begin + (n + 7) / 8 * 8);
    // Octet order is stated, so that big-endian machines write the same.
    for (std::size_t at = begin; at < out.size(); at += 8) {
        const std::uint64_t word = next();
        for (std::size_t i = 0; i < 8; ++i) out[at + i] = static_cast<char>(word >> 8 * i & 0xff);
    }
    out.resize(begin + n);
}

}  // namespace postern::corpora
