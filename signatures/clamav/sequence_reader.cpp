// SPDX-License-Identifier: Apache-2.0
// Every method leaves the cursor behind what it read, or an error behind it.
#include "signatures/clamav/sequence_reader.h"

#include "signatures/clamav/hex.h"

#include <algorithm>

namespace postern::signatures::clamav {

namespace {

// Neighbouring octets of one kind become one element, whatever they were written as.
Element& element_for(Sequence& out, ElementKind kind) {
    if (out.empty() || out.back().kind != kind) {
        out.emplace_back();
        out.back().kind = kind;
    }
    return out.back();
}

struct Nibble {
    int value = 0;
    int mask = 0;
};

bool read_nibble(char c, Nibble& nibble) {
    if (c == '?') {
        nibble = {0, 0};
        return true;
    }
    nibble = {hex_digit(c), 15};
    return nibble.value >= 0;
}

}  // namespace

// The cursor goes to the end, so that every loop over the text ends by itself.
void SequenceReader::fail(const char* at, std::string message) {
    if (!error_) error_ = BodyError{at, std::move(message)};
    at_ = end_;
}

void SequenceReader::add_skip(Sequence& out, std::uint32_t count) {
    if (count != 0) element_for(out, ElementKind::skip).count += count;
}

void SequenceReader::read_element(Sequence& out, int depth) {
    if (peek() == '(' || (peek() == '!' && peek(1) == '(')) return read_group(out, depth);
    read_octet(out);
}

// ?? is not masked octets but a skip: most are long runs, and a skip is one number.
void SequenceReader::read_octet(Sequence& out) {
    Nibble high;
    Nibble low;
    for (std::size_t i = 0; i < 2; ++i) {
        if (peek(i) == '\0' && at_ + i >= end_) {
            return fail(at_, "half an octet stands alone; write two hex digits for each octet");
        }
        if (!read_nibble(peek(i), i == 0 ? high : low)) {
            return fail(at_ + i, "no hex digit; write octets as two of 0-9 a-f or ?");
        }
    }
    at_ += 2;
    const int mask = high.mask << 4 | low.mask;
    const char value = static_cast<char>(high.value << 4 | low.value);
    if (mask == 0) return add_skip(out, 1);
    Element& element = element_for(out, mask == 255 ? ElementKind::literal : ElementKind::masked);
    element.octets.push_back(value);
    if (mask != 255) element.mask.push_back(static_cast<char>(mask));
}

bool SequenceReader::at_class() const {
    const char letter = peek(1);
    return peek(2) == ')' && (letter == 'B' || letter == 'L' || letter == 'W');
}

void SequenceReader::read_class(Sequence& out, bool negated) {
    const char letter = peek(1);
    Element element;
    element.kind = ElementKind::consume;
    element.character_class = static_cast<CharacterClass>(letter);
    element.negated = negated;
    out.push_back(std::move(element));
    at_ += 3;
}

// Depth bounds the recursion, here and in everything that later walks the tree.
void SequenceReader::read_group(Sequence& out, int depth) {
    const char* start = at_;
    const bool negated = peek() == '!';
    if (negated) ++at_;
    if (at_class()) {
        return depth == 0 ? read_class(out, negated)
                          : fail(start,
                                 "no character class can stand inside alternatives; write "
                                 "the octets that may");
    }
    if (depth == max_depth) return fail(start, "alternatives are nested deeper than 15");
    if (negated && depth > 0) {
        return fail(start, "no negation can stand inside alternatives; write the octets that may");
    }
    Element element;
    element.kind = ElementKind::alternatives;
    element.negated = negated;
    ++at_;
    read_choices(element, depth + 1);
    if (!failed() && negated) check_negated(element, start);
    if (!failed()) out.push_back(std::move(element));
}

void SequenceReader::read_choices(Element& element, int depth) {
    element.choices.emplace_back();
    while (!failed()) {
        if (at_end()) return fail(at_, "the alternatives do not end; close them with )");
        const char c = peek();
        if (c != '|' && c != ')') {
            read_choice_item(element.choices.back(), depth);
            continue;
        }
        // Nothing as the last of several makes the others optional.
        const bool last = c == ')' && element.choices.size() > 1;
        if (element.choices.back().empty() && !last) {
            return fail(at_, "an alternative is empty; leave it out, or write it last");
        }
        ++at_;
        if (c == ')') return;
        element.choices.emplace_back();
    }
}

void SequenceReader::read_choice_item(Sequence& out, int depth) {
    if (peek() == '*' || peek() == '[') {
        return fail(at_, "inside alternatives only fixed distances {n} can stand");
    }
    if (peek() != '{') return read_element(out, depth);
    const char* start = at_;
    Gap gap;
    if (!read_gap('}', gap)) return;
    if (gap.min != gap.max || gap.min >= short_skip) {
        return fail(start, "inside alternatives a distance is one number below 128");
    }
    add_skip(out, gap.min);
}

// "None of these" needs one length to say how many octets it takes.
void SequenceReader::check_negated(const Element& element, const char* at) {
    const std::uint64_t width = width_of(element).max;
    const bool plain =
        std::all_of(element.choices.begin(), element.choices.end(), [&](const Sequence& choice) {
            return choice.size() == 1 && choice[0].kind == ElementKind::literal &&
                   choice[0].octets.size() == width;
        });
    if (!plain) {
        fail(at, "what is negated must be plain octets, as many in each alternative");
    }
}

bool SequenceReader::read_gap(char close, Gap& gap) {
    const char* start = at_;
    const char* stop = std::find(at_, end_, close);
    const std::string_view text(at_ + 1, static_cast<std::size_t>(stop - at_) - (stop != at_));
    const std::size_t dash = text.find('-');
    const std::string_view first = text.substr(0, dash);
    const std::string_view last = dash == text.npos ? first : text.substr(dash + 1);
    const auto low = first.empty() ? std::optional<std::uint64_t>(0) : parse_number(first);
    const auto high = last.empty() ? std::optional<std::uint64_t>(no_limit) : parse_number(last);
    if (stop == end_ || (first.empty() && last.empty()) || !low || !high) {
        fail(start, "no distance; write {n}, {-n}, {n-} or {n-m}");
        return false;
    }
    if (*low > *high || *low >= no_limit || (*high >= no_limit && !last.empty())) {
        fail(start, *low > *high
                        ? "the distance ends before it begins; write the smaller number first"
                        : "the distance is longer than any file; write a number below 2^32");
        return false;
    }
    gap = {static_cast<std::uint32_t>(*low), static_cast<std::uint32_t>(*high)};
    at_ = stop + 1;
    return true;
}

}  // namespace postern::signatures::clamav
