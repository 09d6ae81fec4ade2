// SPDX-License-Identifier: Apache-2.0
// Covers: which subsignatures of a logical signature to look for, so that it is never missed.
//
// Of what must all be found, one is enough: the rarest. Of what may be found one or the other, all
// are needed. What need not be found at all ("=0", "<n") covers nothing; a regex is covered by its
// trigger, a comparison by the body beside it.
#pragma once

#include "signatures/anchor.h"
#include "signatures/logical_signature.h"

namespace postern::signatures {

// One body to look for: by its anchor or, without one, in its one place.
struct Leg {
    std::uint8_t subsignature = 0;
    std::uint8_t body = 0;  // which spelling
    std::optional<Anchor> anchor;
};

// Empty: it must be tried on every content that its description admits. Also puts what is cheap, or
// often absent, first in the expressions of `signature`.
// REQUIRES: bodies are joined.
std::vector<Leg> choose_cover(LogicalSignature& signature, AnchorChooser& anchors,
                              AnchorWish wish);

}  // namespace postern::signatures
