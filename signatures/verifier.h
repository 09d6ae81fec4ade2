// SPDX-License-Identifier: Apache-2.0
// The verifier: does a part of a body stand at this place of the content, and where does it end?
//
// A part may have several ends (alternatives of different lengths), so a walk carries a set of
// positions through the operations instead of trying one after the other: no input makes it go
// back, and its cost is at most the length of the code times the spread of the ends.
//
// Stateless; thread-safe.
#pragma once

#include "signatures/program.h"

#include <optional>
#include <span>
#include <vector>

namespace postern::signatures {

using Octets = std::span<const std::byte>;

// Ends of a part, ascending, none twice.
using Ends = std::vector<std::size_t>;

class Verifier {
public:
    // REQUIRES: `programs` outlives the verifier and does not change.
    explicit Verifier(const Programs& programs) : programs_(programs) {}

    // Fills `ends` with every place where the part, begun at `start`, can end. Empty: not there.
    void ends_of(const PartRow& part, Octets content, std::size_t start, Ends& ends) const;

    // The lowest of these; the usual question, answered without a set where the part has one
    // length.
    std::optional<std::size_t> first_end(const PartRow& part, Octets content,
                                         std::size_t start) const;

    // The first place from `from` up to `last` (inclusive) where the part begins.
    std::optional<std::size_t> find(const PartRow& part, Octets content, std::size_t from,
                                    std::size_t last) const;

private:
    const Programs& programs_;
};

}  // namespace postern::signatures
