// SPDX-License-Identifier: Apache-2.0
// A recursive descent over the text, one method a construct; the first error stops it. Sequences
// are read by SequenceReader (also used inside alternatives); this file joins them to parts by
// their distances.
#include "signatures/clamav/body_parser.h"

#include "signatures/clamav/hex.h"
#include "signatures/clamav/sequence_reader.h"

#include <algorithm>

namespace postern::signatures::clamav {

namespace {

enum class GapStyle { none, star, braces, brackets };

struct RawPart {
    Part part;
    GapStyle style = GapStyle::none;  // of the gap before it
    const char* at = nullptr;
};

// What stands before or behind a bracket in x[n-m]SIG.
bool is_one_octet(const RawPart& raw) {
    const Sequence& elements = raw.part.elements;
    return elements.size() == 1 && width_of(elements[0]).max == 1 &&
           (elements[0].kind == ElementKind::literal || elements[0].kind == ElementKind::masked);
}

// Something in the part must be compared with something: a part of ?? alone could be anywhere.
bool compares_something(const Sequence& elements) {
    return std::any_of(elements.begin(), elements.end(), [](const Element& element) {
        if (element.kind == ElementKind::masked) {
            return element.mask.find_first_not_of('\0') != std::string::npos;
        }
        return element.kind == ElementKind::literal || element.kind == ElementKind::alternatives;
    });
}

class BodyReader {
public:
    explicit BodyReader(std::string_view text) : reader_(text) {}

    ParsedBody read() {
        begin_part({}, GapStyle::none);
        while (!reader_.failed() && !reader_.at_end()) read_one();
        if (!reader_.failed()) check_parts();
        ParsedBody result;
        result.error = reader_.take_error();
        if (result.error) return result;
        for (RawPart& raw : parts_) resolve_edges(raw.part.elements);
        join_brackets(result.body);
        return result;
    }

private:
    // Only what divides the body is seen here; all else belongs to the part.
    void read_one() {
        switch (reader_.peek()) {
            case '*':
                reader_.skip(1);
                return begin_part({0, no_limit}, GapStyle::star);
            case '{':
                return read_braces();
            case '[':
                return read_brackets();
            default:
                reader_.read_element(parts_.back().part.elements, 0);
        }
    }

    void begin_part(Gap gap, GapStyle style) {
        parts_.push_back({{gap, {}}, style, reader_.position()});
    }

    void read_braces() {
        const char* at = reader_.position();
        Gap gap;
        if (!reader_.read_gap('}', gap)) return;
        // A short fixed distance stays inside its part: it is so many octets of any value.
        if (gap.min == gap.max && gap.min < short_skip) {
            return reader_.add_skip(parts_.back().part.elements, gap.min);
        }
        begin_part(gap, GapStyle::braces);
        parts_.back().at = at;
    }

    void read_brackets() {
        const char* at = reader_.position();
        Gap gap;
        if (!reader_.read_gap(']', gap)) return;
        if (gap.max > max_bracket_gap) {
            return reader_.fail(at, "a distance in brackets reaches to 32 at most; write {n-m}");
        }
        begin_part(gap, GapStyle::brackets);
    }

    // What a part may be is known only when its neighbours are: all of it is checked at the end.
    void check_parts() {
        for (std::size_t i = 0; i < parts_.size() && !reader_.failed(); ++i) {
            check_part(i);
            if (parts_[i].style == GapStyle::brackets) check_bracket(i);
        }
    }

    GapStyle style_after(std::size_t i) const {
        return i + 1 < parts_.size() ? parts_[i + 1].style : GapStyle::none;
    }

    void check_part(std::size_t i) {
        const RawPart& raw = parts_[i];
        if (raw.part.elements.empty()) {
            return reader_.fail(
                raw.at, parts_.size() == 1 ? "the body is empty; write the octets in hex"
                                           : "nothing stands between two distances, or before the "
                                             "first or after the last one; leave the distance out");
        }
        if (!compares_something(raw.part.elements)) {
            return reader_.fail(raw.at,
                                "this part has no fixed octet; join it to its neighbour "
                                "with {n}");
        }
        if (width_of(raw.part.elements).min == 0) {
            return reader_.fail(raw.at, "this part can be nothing; write an octet that must be there");
        }
        const bool bracketed =
            raw.style == GapStyle::brackets || style_after(i) == GapStyle::brackets;
        if (width_of(raw.part.elements).max < 2 && !bracketed) {
            reader_.fail(raw.at, "a part needs two octets at least; write more of them");
        }
    }

    // x[n-m]SIG or SIG[n-m]x: one side is one octet, which has no other neighbour in brackets.
    void check_bracket(std::size_t i) {
        const bool left = is_one_octet(parts_[i - 1]);
        const bool right = is_one_octet(parts_[i]);
        const bool chained = (left && parts_[i - 1].style == GapStyle::brackets) ||
                             (right && style_after(i) == GapStyle::brackets);
        if (left == right || chained) {
            reader_.fail(parts_[i].at,
                         "a distance in brackets stands between one octet and a "
                         "longer part; write {n-m}");
        }
    }

    // A class looks around where its part begins or ends and takes octets elsewhere. A negated
    // class at the left edge is no edge.
    static void resolve_edges(Sequence& elements) {
        Element& first = elements.front();
        Element& last = elements.back();
        if (last.kind == ElementKind::consume) last.kind = ElementKind::look_ahead;
        if (first.kind == ElementKind::consume && !first.negated) {
            first.kind = ElementKind::look_behind;
        }
    }

    static Element near(ElementKind kind, const Sequence& octet, Gap gap) {
        Element element = octet.front();
        element.mask = element.kind == ElementKind::literal ? "\xff" : element.mask;
        element.kind = kind;
        element.near = gap;
        return element;
    }

    // A lone octet beside a bracket becomes a look from its neighbour; what was the distance to it
    // is the distance to that neighbour.
    void join_brackets(Body& body) {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            Part& part = parts_[i].part;
            const bool leads = style_after(i) == GapStyle::brackets && is_one_octet(parts_[i]);
            if (leads) {
                Part& next = parts_[i + 1].part;
                next.elements.insert(next.elements.begin(),
                                     near(ElementKind::near_before, part.elements, next.gap));
                next.gap = part.gap;
                parts_[i + 1].style = parts_[i].style;
            } else if (parts_[i].style == GapStyle::brackets) {
                body.parts.back().elements.push_back(
                    near(ElementKind::near_after, part.elements, part.gap));
            } else {
                body.parts.push_back(std::move(part));
            }
        }
    }

    SequenceReader reader_;
    std::vector<RawPart> parts_;
};

}  // namespace

ParsedBody parse_body(std::string_view text) {
    return BodyReader(text).read();
}

}  // namespace postern::signatures::clamav
