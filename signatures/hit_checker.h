// SPDX-License-Identifier: Apache-2.0
// HitChecker: from a literal's hit to the signatures that could stand there.
//
// This is the hot path behind the prefilter. A hit looks at the octets beside the anchor, and only
// the watches that agree are verified. A signature of one part is then found; of a longer one only
// the part is known, and finish() looks at the rest, once. So it is with a leg of a logical one.
//
// Invariants
//  (1) A signature is verified again only where that could lower its offset, so content made of one
//      anchor over and over costs little more than its hits.
#pragma once

#include "signatures/candidates.h"
#include "signatures/rule_tallies.h"
#include "signatures/start_range.h"
#include "signatures/tables.h"

namespace postern::signatures {

// What one scan knows of each signature: an epoch says whether it was this scan that wrote it.
class Settled {
public:
    explicit Settled(std::size_t signatures) : rows_(signatures) {}
    void begin();
    bool at_or_before(std::uint32_t signature, std::size_t start) const {
        const Row& row = rows_[signature];
        return row.epoch == epoch_ && row.start <= start;
    }
    void set(std::uint32_t signature, std::size_t start) { rows_[signature] = {start, epoch_}; }

private:
    struct Row {
        std::size_t start = 0;
        std::uint32_t epoch = 0;
    };
    std::vector<Row> rows_;
    std::uint32_t epoch_ = 0;
};

// What a checker writes to. All of it outlives the checker.
struct CheckerState {
    Settled& settled;  // has begun for this content
    RuleTallies& tallies;
    Candidates::Data& out;
};

class HitChecker final : public HitSink {
public:
    // REQUIRES: all of them outlive the checker.
    HitChecker(const SignatureSet::Tables& tables, const Subject& subject, CheckerState state)
        : tables_(tables),
          verifier_(tables.programs),
          subject_(subject),
          content_(subject.bytes),
          ranges_(subject.bytes),
          settled_(state.settled),
          tallies_(state.tallies),
          out_(state.out) {}

    // Hits are told relative to the octets scanned, which begin here in the content.
    void begin_at(std::size_t position) { base_ = position; }
    void hit(std::uint32_t literal, std::size_t end) override;

private:
    void check_group(std::uint32_t first, std::uint32_t count, std::size_t beside,
                     std::size_t anchor);
    void check(const Watch& watch, std::size_t anchor);
    void make_candidate(std::uint32_t signature);
    void check_part(const Watch& watch, std::size_t start);
    std::optional<std::size_t> verify(const Watch& watch, const SignatureRow& row, std::size_t start);

    const SignatureSet::Tables& tables_;
    Verifier verifier_;
    const Subject& subject_;
    Octets content_;
    StartRanges ranges_;
    Settled& settled_;
    RuleTallies& tallies_;
    Candidates::Data& out_;
    std::size_t base_ = 0;
};

}  // namespace postern::signatures
