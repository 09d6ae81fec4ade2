// SPDX-License-Identifier: Apache-2.0
// Buckets of one watch are by far the most; a group of many is searched by its check, not walked.
#include "signatures/hit_checker.h"

#include "signatures/logic_matcher.h"

#include <algorithm>
#include <cstring>

namespace postern::signatures {

void Settled::begin() {
    if (++epoch_ != 0) return;
    // The epoch went round: what is written looks new.
    std::fill(rows_.begin(), rows_.end(), Row{});
    epoch_ = 1;
}

void HitChecker::hit(std::uint32_t literal, std::size_t end) {
    const Bucket& bucket = tables_.buckets[literal];
    const std::size_t behind = base_ + end;
    const std::size_t anchor = behind - bucket.length;
    std::uint32_t first = bucket.first;
    if (bucket.after != 0 && content_.size() - behind >= check_length) {
        check_group(first, bucket.after, behind, anchor);
    }
    first += bucket.after;
    if (bucket.before != 0 && anchor >= check_length) {
        check_group(first, bucket.before, anchor - check_length, anchor);
    }
    first += bucket.before;
    for (std::uint32_t i = 0; i < bucket.plain; ++i) check(tables_.watches[first + i], anchor);
}

void HitChecker::check_group(std::uint32_t first, std::uint32_t count, std::size_t beside,
                             std::size_t anchor) {
    std::uint32_t octets = 0;
    std::memcpy(&octets, content_.data() + beside, check_length);
    const Watch* at = &tables_.watches[first];
    const Watch* end = at + count;
    if (count > 1) {
        at = std::lower_bound(at, end, octets, [](const Watch& watch, std::uint32_t value) {
            return watch.check < value;
        });
    }
    for (; at != end && at->check == octets; ++at) check(*at, anchor);
}

// Where the distance to the anchor varies, the hit says only that the signature may be there.
void HitChecker::check(const Watch& watch, std::size_t anchor) {
    if (watch.delta == no_delta) {
        if (settled_.at_or_before(watch.signature, 0)) return;
        make_candidate(watch.signature);
        return;
    }
    if (anchor < watch.delta) return;
    const std::size_t start = anchor - watch.delta;
    if (!settled_.at_or_before(watch.signature, start)) check_part(watch, start);
}

// Description and offset are tested first: they are cheaper than the octets.
void HitChecker::check_part(const Watch& watch, std::size_t start) {
    const SignatureRow& row = tables_.signatures[watch.signature];
    if (row.is_leg()) {
        const LogicTables& logic = tables_.logic;
        if (!admits(logic, logic.rows[row.logic].description, subject_)) {
            return settled_.set(watch.signature, 0);
        }
    }
    const bool first_part = watch.part == row.body.first_part;
    if (first_part && row.offset.place != Place::anywhere) {
        const auto range = ranges_.of(row.offset);
        if (!range || !range->holds(start)) return;
    }
    const auto end = verify(watch, row, start);
    if (!end) return;
    if (row.body.part_count == 1 && !row.is_leg()) {
        settled_.set(watch.signature, start);
        out_.found.push_back({watch.signature, {start, *end}});
    } else {
        make_candidate(watch.signature);
    }
}

std::optional<std::size_t> HitChecker::verify(const Watch& watch, const SignatureRow& row, std::size_t start) {
    const Timed timed(row.is_leg() ? tallies_.logical(row.logic) : tallies_.body(watch.signature));
    return verifier_.first_end(tables_.programs.parts[watch.part], content_, start);
}

// One part tells no more than that: further hits of the same signature are of no use.
void HitChecker::make_candidate(std::uint32_t signature) {
    settled_.set(signature, 0);
    out_.candidates.push_back(signature);
}

}  // namespace postern::signatures
