// SPDX-License-Identifier: Apache-2.0
// A part is walked with the lowest and the highest place where each element can begin; of the
// octets that shut it out of base64 text, the one nearest to the anchor counts.
#include "signatures/base64_text.h"

#include <algorithm>
#include <cstdint>

namespace postern::signatures {

namespace {

using clamav::Element;
using clamav::ElementKind;
using clamav::Sequence;
using clamav::Width;

constexpr bool is_base64_octet(unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '+' || c == '/' || c == '=' || c == '\r' || c == '\n';
}

bool can_be_base64(unsigned char value, unsigned char mask) {
    for (unsigned octet = 0; octet < 256; ++octet) {
        const auto c = static_cast<unsigned char>(octet);
        if ((c & mask) == value && is_base64_octet(c)) return true;
    }
    return false;
}

bool is_outside(const Element& element, std::size_t i) {
    const auto octet = static_cast<unsigned char>(element.octets[i]);
    if (element.kind == ElementKind::literal) return !is_base64_octet(octet);
    return !can_be_base64(octet, static_cast<unsigned char>(element.mask[i]));
}

bool shut_out(const Sequence& sequence);

// Negated alternatives, distances and classes leave room for something in base64 text.
bool shut_out(const Element& element) {
    switch (element.kind) {
        case ElementKind::literal:
        case ElementKind::masked:
        case ElementKind::near_before:
        case ElementKind::near_after:
            for (std::size_t i = 0; i < element.octets.size(); ++i) {
                if (is_outside(element, i)) return true;
            }
            return false;
        case ElementKind::alternatives:
            return !element.negated &&
                   std::all_of(element.choices.begin(), element.choices.end(),
                               [](const Sequence& choice) { return shut_out(choice); });
        default:
            return false;
    }
}

bool shut_out(const Sequence& sequence) {
    return std::any_of(sequence.begin(), sequence.end(),
                       [](const Element& element) { return shut_out(element); });
}

// Lengths of the language have 32 bits and lines are short, so nothing here wraps.
class Reach {
public:
    explicit Reach(Window anchor)
        : begin_(static_cast<std::int64_t>(anchor.begin)),
          end_(static_cast<std::int64_t>(anchor.begin + anchor.width)) {}

    void add(const Element& element) {
        const Width width = clamav::width_of(element);
        const auto low = static_cast<std::int64_t>(at_.min);
        const auto high = static_cast<std::int64_t>(at_.max);
        const std::int64_t near = std::int64_t{element.near.max} + 1;
        if (element.kind == ElementKind::literal || element.kind == ElementKind::masked) {
            add_octets(element);
        } else if (!shut_out(element)) {
            // It says nothing.
        } else if (element.kind == ElementKind::near_before) {
            offer(low - near, high);
        } else if (element.kind == ElementKind::near_after) {
            offer(low, high + near);
        } else {
            offer(low, high + static_cast<std::int64_t>(width.max));
        }
        at_.min += width.min;
        at_.max += width.max;
    }

    std::size_t least() const { return least_; }

private:
    void add_octets(const Element& element) {
        for (std::size_t i = 0; i < element.octets.size(); ++i) {
            if (!is_outside(element, i)) continue;
            offer(static_cast<std::int64_t>(at_.min + i),
                  static_cast<std::int64_t>(at_.max + i + 1));
        }
    }

    // An octet that base64 text cannot hold lies between these.
    void offer(std::int64_t low, std::int64_t high) {
        const std::int64_t span = std::max(high, end_) - std::min(low, begin_);
        least_ = std::min(least_, static_cast<std::size_t>(span));
    }

    std::int64_t begin_;
    std::int64_t end_;
    Width at_;
    std::size_t least_ = anywhere_inside;
};

}  // namespace

bool is_base64_text(std::string_view octets) {
    return std::all_of(octets.begin(), octets.end(),
                       [](char c) { return is_base64_octet(static_cast<unsigned char>(c)); });
}

std::size_t reach_out_of_base64(const Sequence& part, Window anchor) {
    Reach reach(anchor);
    for (const Element& element : part) reach.add(element);
    return reach.least();
}

}  // namespace postern::signatures
