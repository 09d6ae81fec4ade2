// SPDX-License-Identifier: Apache-2.0
// A gap of at most `no_limit` octets is any gap; sums saturate at the size of the content.
#include "signatures/sweep.h"

#include <algorithm>
#include <bit>

namespace postern::signatures {

namespace {

constexpr std::size_t nowhere = ~std::size_t{0};

std::size_t latest_start(const PartRow& part, std::size_t end) {
    return part.gap_max == clamav::no_limit ? nowhere : end + part.gap_max;
}

}  // namespace

// Zeroing costs an eighth of an octet for each: less than looking for the part.
void PositionSet::reset(std::size_t size) {
    size_ = size;
    bits_.assign(size / 64 + 1, 0);
    asked_ = 1;
    answer_ = 0;
}

std::size_t PositionSet::next(std::size_t from) {
    if (from >= size_) return size_;
    if (asked_ <= from && from <= answer_) return answer_;
    std::size_t word = from / 64;
    std::uint64_t bits = bits_[word] & ~std::uint64_t{0} << from % 64;
    while (bits == 0 && ++word < bits_.size()) bits = bits_[word];
    asked_ = from;
    answer_ = bits == 0 ? size_ : word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    return answer_;
}

std::optional<Found> Sweep::lowest(std::span<const PartRow> parts, Octets content,
                                   StartRange range) {
    if (!chain(parts, content, range)) return std::nullopt;
    if (all_open(parts)) {
        return Found{earliest_.front(), earliest_.back() + parts.back().max_length};
    }
    const auto start = lowest_start(parts, content, range);
    if (!start) return std::nullopt;
    const auto end = lowest_end(parts, content, *start);
    return end ? std::optional(Found{*start, *end}) : std::nullopt;
}

// The first part of a body, at a place that the range holds.
std::optional<std::size_t> Sweep::find_first(const PartRow& part, Octets content, std::size_t from,
                                             StartRange range) {
    if (range.only.empty()) return verifier_.find(part, content, from, range.last);
    auto at = std::lower_bound(range.only.begin(), range.only.end(), from);
    for (; at != range.only.end() && *at <= range.last; ++at) {
        if (verifier_.first_end(part, content, *at)) return *at;
    }
    return std::nullopt;
}

// Every part somewhere behind the one before. Nothing begins earlier than the places found here.
bool Sweep::chain(std::span<const PartRow> parts, Octets content, StartRange range) {
    earliest_.clear();
    std::size_t from = range.first;
    for (const PartRow& part : parts) {
        const bool first = earliest_.empty();
        if (!first) from += part.gap_min;
        const auto start = first ? find_first(part, content, from, range)
                                 : verifier_.find(part, content, from, nowhere);
        if (!start) return false;
        earliest_.push_back(*start);
        from = *start + part.min_length;
    }
    return true;
}

// True where the earliest place of every part is also the best one.
bool Sweep::all_open(std::span<const PartRow> parts) const {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].fixed() || (i > 0 && parts[i].gap_max != clamav::no_limit)) return false;
    }
    return true;
}

// From the last part to the second, next_ becomes the set of starts from which the rest fits.
// The first part then only has to be found until one of its places reaches that set.
std::optional<std::size_t> Sweep::lowest_start(std::span<const PartRow> parts, Octets content,
                                               StartRange range) {
    for (std::size_t i = parts.size() - 1; i > 0; --i) {
        here_.reset(content.size() + 1);
        const std::size_t from = earliest_[i];
        for (auto at = verifier_.find(parts[i], content, from, nowhere); at;
             at = verifier_.find(parts[i], content, *at + 1, nowhere)) {
            verifier_.ends_of(parts[i], content, *at, ends_);
            if (i + 1 == parts.size() || reaches(parts[i + 1])) here_.add(*at);
        }
        std::swap(here_, next_);
    }
    for (auto at = find_first(parts[0], content, earliest_[0], range); at;
         at = find_first(parts[0], content, *at + 1, range)) {
        verifier_.ends_of(parts[0], content, *at, ends_);
        if (parts.size() == 1 || reaches(parts[1])) return at;
    }
    return std::nullopt;
}

// Does one of ends_ come before a start that next_ holds?
bool Sweep::reaches(const PartRow& next) {
    return std::any_of(ends_.begin(), ends_.end(), [&](std::size_t end) {
        const std::size_t start = next_.next(end + next.gap_min);
        return start < next_.size() && start <= latest_start(next, end);
    });
}

// The same sets, forward from one start: ends instead of starts.
std::optional<std::size_t> Sweep::lowest_end(std::span<const PartRow> parts, Octets content,
                                             std::size_t start) {
    here_.reset(content.size() + 1);
    verifier_.ends_of(parts[0], content, start, ends_);
    for (const std::size_t end : ends_) here_.add(end);
    for (const PartRow& part : parts.subspan(1)) follow(part, content);
    const std::size_t end = here_.next(0);
    return end < here_.size() ? std::optional(end) : std::nullopt;
}

// here_ holds ends of the part before; afterwards, those of this part that follow one of them.
void Sweep::follow(const PartRow& part, Octets content) {
    next_.reset(content.size() + 1);
    const std::size_t first = here_.next(0);
    for (auto at = verifier_.find(part, content, first + part.gap_min, nowhere); at;
         at = verifier_.find(part, content, *at + 1, nowhere)) {
        const std::size_t low =
            part.gap_max == clamav::no_limit || *at < part.gap_max ? 0 : *at - part.gap_max;
        const std::size_t end = here_.next(low);
        if (end >= here_.size()) break;
        if (end + part.gap_min > *at) continue;
        verifier_.ends_of(part, content, *at, ends_);
        for (const std::size_t next : ends_) next_.add(next);
    }
    std::swap(here_, next_);
}

// here_ becomes the ends of all parts but the last one. False: there are none.
bool Sweep::reach_last_part(std::span<const PartRow> parts, Octets content, StartRange range) {
    here_.reset(content.size() + 1);
    for (auto at = verifier_.find(parts[0], content, earliest_[0], range.last); at;
         at = verifier_.find(parts[0], content, *at + 1, range.last)) {
        verifier_.ends_of(parts[0], content, *at, ends_);
        for (const std::size_t end : ends_) here_.add(end);
    }
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) follow(parts[i], content);
    return here_.next(0) < here_.size();
}

// Calls visit(start) for each place of the last part that ends a match, ascending, while it says
// true.
template <typename Visit>
void Sweep::visit_last_part(std::span<const PartRow> parts, Octets content, StartRange range,
                            Visit visit) {
    if (!chain(parts, content, range)) return;
    const bool alone = parts.size() == 1;
    if (!alone && !reach_last_part(parts, content, range)) return;
    const PartRow& last = parts.back();
    const std::size_t end_of_range = alone ? range.last : nowhere;
    for (auto at = verifier_.find(last, content, earliest_.back(), end_of_range); at;
         at = verifier_.find(last, content, *at + 1, end_of_range)) {
        if (!alone && !follows_an_end(last, *at)) continue;
        if (!visit(*at)) return;
    }
}

// Does one of here_ lie in the part's distance before `start`?
bool Sweep::follows_an_end(const PartRow& part, std::size_t start) {
    if (start < part.gap_min) return false;
    const bool open = part.gap_max == clamav::no_limit || start < part.gap_max;
    const std::size_t end = here_.next(open ? 0 : start - part.gap_max);
    return end < here_.size() && end + part.gap_min <= start;
}

std::size_t Sweep::count(std::span<const PartRow> parts, Octets content, StartRange range,
                         std::size_t enough) {
    if (enough == 1 && all_open(parts)) return chain(parts, content, range) ? 1 : 0;
    std::size_t count = 0;
    visit_last_part(parts, content, range, [&](std::size_t) { return ++count < enough; });
    return count;
}

std::optional<std::size_t> Sweep::last_start(std::span<const PartRow> parts, Octets content,
                                             StartRange range) {
    std::optional<std::size_t> last;
    visit_last_part(parts, content, range, [&](std::size_t start) {
        last = start;
        return true;
    });
    return last;
}

}  // namespace postern::signatures
