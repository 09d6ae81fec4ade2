// SPDX-License-Identifier: Apache-2.0
// ClosestPlace: where in a content most of a part stands that does not stand there whole.
//
// A plain walk over the tree of the part, octet by octet, tried at every place. For people who ask
// why a signature does not match; matching itself is the verifier's.
#pragma once

#include "signatures/clamav/body.h"
#include "signatures/verifier.h"

#include <string>

namespace postern::signatures {

struct ClosestPlace {
    std::size_t start = 0;   // of the part
    std::size_t agreed = 0;  // octets that were compared and are right, from the start on
    std::size_t at = 0;      // where it ceases to agree
    std::string wanted;      // in words: what does not stand there
};

// The lowest of the best between `first` and `last`. REQUIRES: the part does not match there.
ClosestPlace closest_place(const clamav::Sequence& part, Octets content, std::size_t first, std::size_t last);

}  // namespace postern::signatures
