// SPDX-License-Identifier: Apache-2.0
// The sweep says what matches; how far a body gets is the longest row of parts that matches by itself.
#include "signatures/dissect/body_probe.h"

#include "signatures/dissect/closest_place.h"
#include "signatures/explain/body_words.h"

#include <algorithm>

namespace postern::signatures {

namespace {

constexpr std::size_t most_lines = 12;  // parts of a match that are told

std::string octets(std::size_t begin, std::size_t end) {
    return "octets " + std::to_string(begin) + " to " + std::to_string(end == begin ? end : end - 1);
}

std::string part_name(std::size_t part, std::size_t count) {
    return count == 1 ? "the pattern" : "part " + std::to_string(part + 1) + " of " + std::to_string(count);
}

}  // namespace

BodyProbe::BodyProbe(const clamav::Body& body)
    : body_(body), row_(programs_.add(body)), sweep_(programs_), verifier_(programs_) {}

Probed BodyProbe::look(Octets content, const Offset& offset) {
    StartRanges ranges(content);
    const auto range = ranges.of(offset);
    if (!range) {
        Probed out;
        out.lines.push_back("there is no such place in this content: it would begin " + explain::words_for(offset));
        return out;
    }
    const auto where = sweep_.lowest(rows(), content, *range);
    return where ? found(content, *where) : missing(content, *range, offset);
}

// Each part behind the one before, so that all that follow fit as well.
bool BodyProbe::trace(std::size_t part, std::size_t start, Octets content, std::vector<Found>& out) {
    Ends ends;
    verifier_.ends_of(rows()[part], content, start, ends);
    for (const std::size_t end : ends) {
        out.push_back({start, end});
        if (part + 1 == rows().size()) return true;
        const PartRow& next = rows()[part + 1];
        const std::size_t first = end + next.gap_min;
        const std::size_t last = next.gap_max == clamav::no_limit ? content.size() : end + next.gap_max;
        for (auto at = verifier_.find(next, content, first, last); at; at = verifier_.find(next, content, *at + 1, last)) {
            const bool rest = sweep_.lowest(rows().subspan(part + 1), content, {*at, *at}).has_value();
            if (rest && trace(part + 1, *at, content, out)) return true;
        }
        out.pop_back();
    }
    return false;
}

Probed BodyProbe::found(Octets content, Found where) {
    Probed out{true, {}, 1, {}};
    trace(0, where.begin, content, out.parts);
    if (rows().size() == 1) {
        out.lines.push_back("stands at " + octets(where.begin, where.end));
        return out;
    }
    for (std::size_t i = 0; i < out.parts.size() && i < most_lines; ++i) {
        out.lines.push_back(part_name(i, rows().size()) + " stands at " + octets(out.parts[i].begin, out.parts[i].end));
    }
    if (out.parts.size() > most_lines) out.lines.push_back("and " + std::to_string(out.parts.size() - most_lines) + " parts more");
    return out;
}

Probed BodyProbe::missing(Octets content, StartRange range, const Offset& offset) {
    Probed out;
    std::size_t whole = rows().size() - 1;  // so many parts match together
    std::optional<Found> before;
    while (whole > 0 && !(before = sweep_.lowest(rows().first(whole), content, range))) --whole;
    std::size_t first = std::min(range.first, content.size());
    std::size_t last = std::min(range.last, content.size());
    if (whole > 0) {
        const clamav::Gap& gap = body_.parts[whole].gap;
        first = std::min(content.size(), before->end + gap.min);
        last = gap.max == clamav::no_limit ? content.size() : std::min(content.size(), before->end + gap.max);
        out.lines.push_back((whole == 1 ? "part 1 stands" : "parts 1 to " + std::to_string(whole) + " stand") + " at " +
                            octets(before->begin, before->end));
        out.lines.push_back(part_name(whole, rows().size()) + " is not there, " + explain::words_for_gap(gap));
    } else {
        const std::string where = offset.place == Place::anywhere ? "" : " where it may begin: " + explain::words_for(offset);
        out.lines.push_back(part_name(0, rows().size()) + " does not stand" + (where.empty() ? " in this content" : where));
    }
    const auto& elements = body_.parts[whole].elements;
    const ClosestPlace closest = closest_place(elements, content, first, last);
    const std::uint64_t width = std::max<std::uint64_t>(1, clamav::width_of(elements).min);
    out.share = (static_cast<double>(whole) + std::min(0.99, static_cast<double>(closest.agreed) / static_cast<double>(width))) /
                static_cast<double>(rows().size());
    if (closest.agreed > 0) {
        out.lines.push_back("closest at octet " + std::to_string(closest.start) + ": " + explain::counted(closest.agreed, "octet") +
                            " right; at octet " + std::to_string(closest.at) + " stands not " + closest.wanted);
    }
    say_where_else(out, whole, content, before ? before->end : 0);
    return out;
}

// A part that is there and in the wrong place is what people look for first.
void BodyProbe::say_where_else(Probed& out, std::size_t part, Octets content, std::size_t from) {
    auto at = verifier_.find(rows()[part], content, from, content.size());
    if (!at) at = verifier_.find(rows()[part], content, 0, content.size());
    if (!at) return;
    out.share = std::max(out.share, (static_cast<double>(part) + 0.99) / static_cast<double>(rows().size()));
    std::string line = "it stands elsewhere, at octet " + std::to_string(*at);
    if (part > 0 && *at >= from) line += ", " + explain::counted(*at - from, "octet") + " behind the part before";
    out.lines.push_back(line);
}

}  // namespace postern::signatures
