// SPDX-License-Identifier: Apache-2.0
// BodyProbe: one body pattern in one content: where each of its parts stands, or which one is
// missing, and where most of it stands.
#pragma once

#include "signatures/explain/words.h"
#include "signatures/start_range.h"

namespace postern::signatures {

struct Probed {
    bool matches = false;
    std::vector<Found> parts;  // of the lowest match
    double share = 0;          // how much of the body was found, 0 to 1
    explain::Lines lines;      // in words
};

class BodyProbe {
public:
    // REQUIRES: `body` outlives the probe.
    explicit BodyProbe(const clamav::Body& body);

    Probed look(Octets content, const Offset& offset);

private:
    Probed found(Octets content, Found where);
    Probed missing(Octets content, StartRange range, const Offset& offset);
    void say_where_else(Probed& out, std::size_t part, Octets content, std::size_t from);
    bool trace(std::size_t part, std::size_t start, Octets content, std::vector<Found>& out);
    std::span<const PartRow> rows() const { return programs_.parts_of(row_); }

    const clamav::Body& body_;
    Programs programs_;
    BodyRow row_;
    Sweep sweep_;
    Verifier verifier_;
};

}  // namespace postern::signatures
