// SPDX-License-Identifier: Apache-2.0
// Alphabets: most content uses few of the 256 octets, and most anchors have one that it lacks.
//
// Text is the dearest thing a prefilter can read, since everything in it is usual. Where a stretch
// is found to be plain text, only the anchors that are plain text themselves are looked for; of
// signatures made for programs hardly any is left. Finding out costs a thousandth of looking.
//
// Invariants
//  (1) Each alphabet holds the next one, so a literal of one stands in all before it.
//
// Values and pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace postern::signatures {

enum class Alphabet : std::uint8_t {
    octets,  // all 256
    text,    // ASCII: 20 to 7f and white space
    folded,  // what the normal form of text consists of: 20 to 7f without A to Z
};
inline constexpr std::size_t alphabet_count = 3;

bool consists_of(std::string_view octets, Alphabet alphabet);

// A stretch of a content in one alphabet: Alphabet::text or, for all others, Alphabet::octets.
struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    Alphabet alphabet = Alphabet::octets;
};

// The stretches of `content` from `begin` to `end`, one after the other, without a hole. Those of
// text are worth it: long, or all there is. `out` is overwritten.
void find_stretches(std::span<const std::byte> content, std::size_t begin, std::size_t end,
                    std::vector<Stretch>& out);

}  // namespace postern::signatures
