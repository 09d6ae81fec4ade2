// SPDX-License-Identifier: Apache-2.0
// Anchors: which octets of a body to look for, so that the body itself is looked at almost never.
//
// Anchor length and choice decide the speed of the whole matcher: eight octets, the rarest the body
// has by a model of octet pairs. A few alternatives are written out (up to `most_literals`), since
// "one of these" is as good as one. Shorter ones are taken only when there is nothing better.
#pragma once

#include "signatures/clamav/body.h"
#include "signatures/target.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace postern::signatures {

inline constexpr std::size_t anchor_length = 8;
inline constexpr std::size_t short_anchor = 4;  // below this, a database of their own
inline constexpr std::size_t least_anchor = 2;
inline constexpr std::size_t most_literals = 16;

// What the same body's anchor is measured by.
enum class AnchorWish : std::uint8_t {
    rarest,
    outside_text,  // at similar rarity, one that text cannot hold, or at least not encoded text
};

// What is for any target or for mail is looked for in messages as they travel, which are text.
constexpr AnchorWish wish_for(Target target) {
    const bool raw = target == Target::any || target == Target::mail;
    return raw ? AnchorWish::outside_text : AnchorWish::rarest;
}

struct Anchor {
    std::vector<std::string> literals;   // the body matches only where one of these stands
    bool caseless = false;               // in any case; they are in lower case then
    double bits = 0;                     // how rare they are together
    std::size_t part = 0;                // in this part of the body
    std::optional<std::uint32_t> delta;  // octets from the start of the part; nothing: it varies
};

// Chooses anchors one body after the other, and avoids the ones that many bodies have already: a
// hit costs as much as there are signatures behind it.
class AnchorChooser {
public:
    // Nothing: the body has no literal of `least_anchor` octets.
    std::optional<Anchor> choose(const clamav::Body& body, AnchorWish wish);
    // The same in two steps, where several bodies compete.
    std::optional<Anchor> best(const clamav::Body& body, AnchorWish wish) const;
    void use(const Anchor& anchor);

private:
    std::unordered_map<std::string, std::uint32_t> used_;
};

}  // namespace postern::signatures
