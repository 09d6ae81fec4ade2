// SPDX-License-Identifier: Apache-2.0
// Counting a pattern asks the sweep, PCRE2 or number_beside; the expression asks for counts.
#include "signatures/logic_matcher.h"

#include "signatures/number_beside.h"

#include <algorithm>

namespace postern::signatures {

namespace {

bool is_office(ContentType type) {
    return type == ContentType::ooxml_word || type == ContentType::ooxml_xl || type == ContentType::ooxml_ppt;
}

// What a content lies in, the immediate parent first, walked outwards. ClamAV opens a document of Office
// twice: for what it is, and for the zip that stands in it. `twice` walks the second way.
class Around {
public:
    Around(std::span<const ContentType> types, bool twice) : types_(types), twice_(twice) {}

    // Nothing: there is no level more.
    std::optional<ContentType> next() {
        if (at_ == types_.size()) return std::nullopt;
        const ContentType type = types_[at_];
        if (twice_ && is_office(type) && !zip_told_) {
            zip_told_ = true;
            return ContentType::zip;
        }
        zip_told_ = false;
        ++at_;
        return type;
    }

private:
    std::span<const ContentType> types_;
    bool twice_;
    bool zip_told_ = false;
    std::size_t at_ = 0;
};

bool lies_in(const LogicTables& tables, const DescriptionRow& row, Around around) {
    Around parent = around;
    if (row.asks_container != 0 && parent.next().value_or(ContentType::any) != row.container) return false;
    // ANY asks for one level more, not for a place of it: ZIP>ANY is a zip around, in something.
    Around levels = around;
    for (std::uint32_t i = 0; i < row.intermediate_count; ++i) {
        if (!levels.next()) return false;
    }
    for (std::uint32_t i = 0; i < row.intermediate_count; ++i) {
        const ContentType wanted = tables.types[row.intermediates + i];
        if (wanted != ContentType::any && wanted != around.next()) return false;
    }
    return true;
}

}  // namespace

bool admits(const LogicTables& tables, const DescriptionRow& row, const Subject& subject) {
    if (!row.file_size.holds(subject.bytes.size())) return false;
    if (row.asks_container == 0 && row.intermediate_count == 0) return true;
    return lies_in(tables, row, {subject.containers, false}) || lies_in(tables, row, {subject.containers, true});
}

// The counts of one signature's subsignatures.
class LogicMatcher::Counts final : public SubsignatureCounts {
public:
    Counts(LogicMatcher& matcher, const LogicRow& row)
        : matcher_(matcher), first_(row.first_subsignature) {}

    std::uint32_t count(std::uint8_t number) override {
        const SubsignatureRow& row = matcher_.logic_.subsignatures[first_ + number];
        if (row.trigger_length == 0) return matcher_.count_of(row.pattern);
        std::int8_t& trigger = triggers_[number];
        if (trigger == unknown) {
            const auto nodes = matcher_.logic_.nodes.subspan(row.trigger, row.trigger_length);
            trigger = holds(nodes, *this) ? 1 : 0;
        }
        return trigger == 1 ? matcher_.count_of(row.pattern) : 0;
    }

private:
    static constexpr std::int8_t unknown = -1;
    static constexpr std::array<std::int8_t, most_subsignatures> all_unknown = [] {
        std::array<std::int8_t, most_subsignatures> all{};
        all.fill(unknown);
        return all;
    }();

    LogicMatcher& matcher_;
    std::uint32_t first_;
    std::array<std::int8_t, most_subsignatures> triggers_ = all_unknown;
};

LogicMatcher::LogicMatcher(const SignatureSet::Tables& tables)
    : tables_(tables),
      logic_(tables.logic),
      sweep_(tables.programs),
      regexes_(logic_.regexes.size()),
      known_(logic_.patterns.size()) {}
LogicMatcher::~LogicMatcher() = default;

void LogicMatcher::begin(const Subject& subject) {
    subject_ = subject;
    ranges_ = StartRanges(subject.bytes);
    runner_.begin_content();
    if (++epoch_ != 0) return;
    std::fill(known_.begin(), known_.end(), Known{});
    epoch_ = 1;
}

std::optional<Found> LogicMatcher::match(std::uint32_t signature) {
    const LogicRow& row = logic_.rows[signature];
    if (!admits(logic_, row.description, subject_) || !admits_headers(row.description)) {
        return std::nullopt;
    }
    Counts counts(*this, row);
    if (!holds(logic_.expression_of(row), counts)) return std::nullopt;
    for (std::uint32_t i = 0; i < row.subsignature_count; ++i) {
        if (counts.count(static_cast<std::uint8_t>(i)) == 0) continue;
        const auto where = where_is(logic_.subsignatures[row.first_subsignature + i].pattern);
        if (where) return where;
    }
    return Found{};
}

std::uint32_t LogicMatcher::count(std::uint32_t signature, std::uint8_t subsignature) {
    return Counts(*this, logic_.rows[signature]).count(subsignature);
}

std::optional<Found> LogicMatcher::where(std::uint32_t signature, std::uint8_t subsignature) {
    if (count(signature, subsignature) == 0) return std::nullopt;
    return where_is(logic_.subsignatures[logic_.rows[signature].first_subsignature + subsignature].pattern);
}

bool LogicMatcher::admits_headers(const DescriptionRow& row) {
    if (row.entry_point.is_all() && row.sections.is_all()) return true;
    const ExecutableLayout& layout = ranges_.layout();
    return layout.entry_point && *layout.entry_point >= 0 &&
           row.entry_point.holds(static_cast<std::uint64_t>(*layout.entry_point)) &&
           row.sections.holds(layout.sections.size());
}

std::uint32_t LogicMatcher::count_of(std::uint32_t pattern) {
    Known& known = known_[pattern];
    if (known.epoch == epoch_) return known.count;
    const PatternRow& row = logic_.patterns[pattern];
    known = {epoch_, row.kind == PatternKind::body    ? count_bodies(row)
                     : row.kind == PatternKind::regex ? count_regex(row)
                                                      : compare(logic_.compares[row.first])};
    return known.count;
}

std::uint32_t LogicMatcher::count_bodies(const PatternRow& row) {
    const auto range = ranges_.of(row.offset);
    std::size_t count = 0;
    for (std::uint32_t i = 0; range && i < row.bodies && count < row.enough; ++i) {
        const auto parts = tables_.programs.parts_of(logic_.bodies[row.first + i]);
        count += sweep_.count(parts, subject_.bytes, *range, row.enough - count);
    }
    return static_cast<std::uint32_t>(count);
}

const Regex& LogicMatcher::regex(std::uint32_t number) {
    if (!regexes_[number]) {
        const RegexRow& row = logic_.regexes[number];
        regexes_[number] = std::make_unique<const Regex>(logic_.text_of(row), row.flags);
    }
    return *regexes_[number];
}

// With an offset, the regex sees the content from there on; `base` says from where. A shift bounds
// where it begins or, encompassed, all of it.
std::optional<RegexSearch> LogicMatcher::search_of(const PatternRow& row, std::size_t& base) {
    const RegexFlags flags = logic_.regexes[row.first].flags;
    const auto range = ranges_.of(row.offset);
    if (!range || range->first > subject_.bytes.size()) return std::nullopt;
    base = range->first;
    RegexSearch search;
    search.content = subject_.bytes.subspan(base);
    search.last = search.content.size();
    if (row.offset.place == Place::anywhere) return search;
    const std::size_t shift = range->last - range->first;
    if (flags.has(RegexFlag::encompass)) {
        search.content = search.content.first(std::min(shift, search.content.size()));
    } else if (shift != 0) {
        search.last = shift;
    } else {
        search.anchored = !flags.has(RegexFlag::rolling);
    }
    return search;
}

// Matches do not overlap; an empty one takes a step, so that there is an end.
std::uint32_t LogicMatcher::count_regex(const PatternRow& row) {
    const std::uint32_t needed = logic_.regexes[row.first].needs;
    if (needed != no_pattern && count_of(needed) == 0) return 0;
    std::size_t base = 0;
    auto search = search_of(row, base);
    if (!search) return 0;
    const Regex& code = regex(row.first);
    const std::uint32_t most =
        logic_.regexes[row.first].flags.has(RegexFlag::global) ? row.enough : 1;
    std::uint32_t count = 0;
    while (count < most && search->first <= search->content.size()) {
        const auto match = runner_.find(code, *search);
        if (!match) break;
        ++count;
        search->first = std::max(match->end, search->first + (match->end == match->begin));
    }
    return count;
}

std::uint32_t LogicMatcher::compare(const CompareRow& row) {
    const PatternRow& beside = logic_.patterns[row.beside];
    const auto range = ranges_.of(beside.offset);
    std::optional<std::size_t> last;
    for (std::uint32_t i = 0; range && i < beside.bodies; ++i) {
        const auto parts = tables_.programs.parts_of(logic_.bodies[beside.first + i]);
        last = std::max(last, sweep_.last_start(parts, subject_.bytes, *range));
    }
    if (!last) return 0;
    const auto number = number_beside(row.compare, subject_.bytes, *last);
    if (!number) return 0;
    for (const NumberTest& test : row.compare.tests) {
        if (test.comparison != Comparison::none &&
            !compares(test.comparison, *number, test.value)) {
            return 0;
        }
    }
    return 1;
}

// REQUIRES: it has been found.
std::optional<Found> LogicMatcher::where_is(std::uint32_t pattern) {
    const PatternRow& row = logic_.patterns[pattern];
    if (row.kind == PatternKind::body) return lowest_body(row);
    if (row.kind == PatternKind::compare) return where_is(logic_.compares[row.first].beside);
    std::size_t base = 0;
    const auto search = search_of(row, base);
    const auto match = search ? runner_.find(regex(row.first), *search) : std::nullopt;
    return match ? std::optional(Found{base + match->begin, base + match->end}) : std::nullopt;
}

std::optional<Found> LogicMatcher::lowest_body(const PatternRow& row) {
    std::optional<Found> lowest;
    const auto range = ranges_.of(row.offset);
    for (std::uint32_t i = 0; range && i < row.bodies; ++i) {
        const auto parts = tables_.programs.parts_of(logic_.bodies[row.first + i]);
        const auto where = sweep_.lowest(parts, subject_.bytes, *range);
        if (where && (!lowest || where->begin < lowest->begin)) lowest = where;
    }
    return lowest;
}

}  // namespace postern::signatures
