// SPDX-License-Identifier: Apache-2.0
// All sums are of numbers below 2^33, so none of them wraps.
#include "signatures/start_range.h"

#include <algorithm>

namespace postern::signatures {

namespace {

constexpr std::uint64_t few_places = 64;

std::optional<StartRange> from(std::int64_t start, std::uint64_t shift) {
    const std::int64_t last = start + static_cast<std::int64_t>(shift);
    if (start < 0) return std::nullopt;
    return StartRange{static_cast<std::size_t>(start), static_cast<std::size_t>(last)};
}

std::optional<StartRange> in_section(const ExecutableLayout& layout, const Offset& offset) {
    if (offset.section >= layout.sections.size()) return std::nullopt;
    const SectionRange& section = layout.sections[offset.section];
    const std::int64_t begin = section.begin;
    if (offset.place == Place::section) return from(begin + offset.base, offset.shift);
    return from(begin, std::uint64_t{section.size} + offset.shift);
}

}  // namespace

const ExecutableLayout& StartRanges::layout() {
    if (!layout_) layout_ = read_layout(content_);
    return *layout_;
}

std::optional<StartRange> StartRanges::at_version_strings() {
    const std::vector<std::uint32_t>& keys = layout().version_strings;
    if (keys.empty()) return std::nullopt;
    return StartRange{keys.front(), keys.back(), keys};
}

std::optional<StartRange> StartRanges::of(const Offset& offset) {
    const std::int64_t size = static_cast<std::int64_t>(content_.size());
    switch (offset.place) {
        case Place::anywhere:
            return StartRange{0, content_.size()};
        case Place::from_start:
            return from(offset.base, offset.shift);
        case Place::from_end:
            return from(size - offset.base, offset.shift);
        case Place::entry_point:
            if (!layout().entry_point) return std::nullopt;
            return from(*layout().entry_point + offset.base, offset.shift);
        case Place::last_section:
            if (layout().sections.empty()) return std::nullopt;
            return from(layout().sections.back().begin + offset.base, offset.shift);
        case Place::program_end:
            if (!layout().entry_point) return std::nullopt;
            return from(size - offset.base, offset.shift);
        case Place::version_info:
            return at_version_strings();
        case Place::section:
        case Place::in_section:
            break;
    }
    return in_section(layout(), offset);
}

bool is_one_place(const Offset& offset) {
    return offset.place != Place::anywhere && offset.place != Place::in_section &&
           offset.place != Place::version_info && offset.shift <= few_places;
}

}  // namespace postern::signatures
