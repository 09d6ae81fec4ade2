// SPDX-License-Identifier: Apache-2.0
// Sweep: where a body of several parts stands in a content, exactly, in linear time.
//
// First every part is looked for behind the one before, distances taken as "at least": if that
// fails, nothing matches; if no distance has an upper end, that was already the answer. Otherwise
// the parts are swept from the last to the first: a bit for each octet says "the rest of the body
// can begin here", and a part begins a match where one of its ends reaches such a bit. The lowest
// start is then followed forward, in the same way, to its lowest end.
//
// Each part reads the content at most twice, and two bits for each octet are held, however often a
// part occurs. One sweep is for one thread at a time; it keeps its memory between calls.
#pragma once

#include "signatures/verifier.h"

#include <algorithm>

namespace postern::signatures {

// Octets where a match may begin: first to last, both inclusive; of these only some, where any are
// named (ascending, borrowed).
struct StartRange {
    std::size_t first = 0;
    std::size_t last = 0;
    std::span<const std::uint32_t> only = {};

    bool holds(std::size_t start) const {
        return start >= first && start <= last &&
               (only.empty() || std::binary_search(only.begin(), only.end(), start));
    }
};

struct Found {
    std::size_t begin = 0;
    std::size_t end = 0;
};

// A bit for each octet of a content, asked for the next one that is set.
class PositionSet {
public:
    void reset(std::size_t size);
    void add(std::size_t position) { bits_[position / 64] |= std::uint64_t{1} << position % 64; }
    // The lowest member that is not below `from`; size(): none. Asking in ascending order costs one
    // pass over the bits all together.
    std::size_t next(std::size_t from);
    std::size_t size() const { return size_; }

private:
    std::vector<std::uint64_t> bits_;
    std::size_t size_ = 0;
    // The last answer: nothing is set from asked_ up to answer_.
    std::size_t asked_ = 1;
    std::size_t answer_ = 0;
};

class Sweep {
public:
    // REQUIRES: `programs` outlives the sweep.
    explicit Sweep(const Programs& programs) : verifier_(programs) {}

    // The match with the lowest start, and of these the one with the lowest end.
    std::optional<Found> lowest(std::span<const PartRow> parts, Octets content, StartRange range);

    // How many places the last part can have at the end of a match, counted up to `enough`.
    std::size_t count(std::span<const PartRow> parts, Octets content, StartRange range,
                      std::size_t enough);
    // The highest start of the last part at the end of a match.
    std::optional<std::size_t> last_start(std::span<const PartRow> parts, Octets content,
                                          StartRange range);

private:
    std::optional<std::size_t> find_first(const PartRow& part, Octets content, std::size_t from,
                                          StartRange range);
    bool chain(std::span<const PartRow> parts, Octets content, StartRange range);
    bool all_open(std::span<const PartRow> parts) const;
    std::optional<std::size_t> lowest_start(std::span<const PartRow> parts, Octets content,
                                            StartRange range);
    bool reaches(const PartRow& next);
    std::optional<std::size_t> lowest_end(std::span<const PartRow> parts, Octets content,
                                          std::size_t start);
    void follow(const PartRow& part, Octets content);
    bool reach_last_part(std::span<const PartRow> parts, Octets content, StartRange range);
    bool follows_an_end(const PartRow& part, std::size_t start);
    template <typename Visit>
    void visit_last_part(std::span<const PartRow> parts, Octets content, StartRange range,
                         Visit visit);

    Verifier verifier_;
    std::vector<std::size_t> earliest_;  // of each part, from chain()
    Ends ends_;
    PositionSet here_;
    PositionSet next_;
};

}  // namespace postern::signatures
