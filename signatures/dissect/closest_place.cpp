// SPDX-License-Identifier: Apache-2.0
#include "signatures/dissect/closest_place.h"

#include "signatures/character_class.h"
#include "signatures/explain/body_words.h"

#include <algorithm>

namespace postern::signatures {

namespace {

using clamav::Element;
using clamav::ElementKind;
using clamav::Sequence;

class PlainWalk {
public:
    PlainWalk(Octets content, std::size_t start) : content_(content), at_(start) {}

    bool take(const Sequence& sequence) {
        return std::all_of(sequence.begin(), sequence.end(), [this](const Element& one) { return take(one); });
    }
    std::size_t at() const { return at_; }
    std::size_t agreed() const { return agreed_; }
    const Element* failed() const { return failed_; }
    std::size_t failed_octet() const { return failed_octet_; }

private:
    bool fail(const Element& element, std::size_t octet = 0) {
        failed_ = &element;
        failed_octet_ = octet;
        return false;
    }

    bool take(const Element& element) {
        switch (element.kind) {
            case ElementKind::literal:
            case ElementKind::masked: return take_octets(element);
            case ElementKind::skip:
                if (content_.size() - std::min(at_, content_.size()) < element.count) return fail(element);
                at_ += element.count;
                return true;
            case ElementKind::alternatives: return element.negated ? take_other(element) : take_choice(element);
            case ElementKind::look_behind: return boundary_before(class_of(element), content_, at_) || fail(element);
            case ElementKind::look_ahead: return boundary_after(class_of(element), content_, at_) || fail(element);
            case ElementKind::near_before:
            case ElementKind::near_after: return is_near(element) || fail(element);
            case ElementKind::consume: break;
        }
        const std::size_t taken = taken_by(class_of(element), content_, at_);
        at_ += taken;
        return taken != 0 || fail(element);
    }

    static Class class_of(const Element& element) {
        return {static_cast<char>(element.character_class), element.negated};
    }

    bool fits(const Element& element, std::size_t i, std::size_t place) const {
        const auto octet = static_cast<unsigned char>(content_[place]);
        const auto mask = element.mask.empty() ? 0xff : static_cast<unsigned char>(element.mask[i]);
        return (octet & mask) == static_cast<unsigned char>(element.octets[i]);
    }

    bool take_octets(const Element& element) {
        for (std::size_t i = 0; i < element.octets.size(); ++i, ++at_, ++agreed_) {
            if (at_ >= content_.size() || !fits(element, i, at_)) return fail(element, i);
        }
        return true;
    }

    bool is_near(const Element& element) const {
        for (std::size_t n = element.near.min; n <= element.near.max; ++n) {
            const bool before = element.kind == ElementKind::near_before;
            if (before ? n >= at_ : n >= content_.size() - at_) return false;
            if (fits(element, 0, before ? at_ - 1 - n : at_ + n)) return true;
        }
        return false;
    }

    // The first that fits; one of another length might lead further, which a report can do without.
    bool take_choice(const Element& element) {
        for (const Sequence& choice : element.choices) {
            PlainWalk walk(content_, at_);
            if (!walk.take(choice)) continue;
            at_ = walk.at_;
            agreed_ += walk.agreed_;
            return true;
        }
        return fail(element);
    }

    bool take_other(const Element& element) {
        const std::size_t width = clamav::width_of(element).max;
        if (at_ + width > content_.size()) return fail(element);
        for (const Sequence& choice : element.choices) {
            if (PlainWalk(content_, at_).take(choice)) return fail(element);
        }
        at_ += width;
        agreed_ += width;
        return true;
    }

    Octets content_;
    std::size_t at_;
    std::size_t agreed_ = 0;
    const Element* failed_ = nullptr;
    std::size_t failed_octet_ = 0;
};

std::string wanted_by(const PlainWalk& walk) {
    const Element* element = walk.failed();
    if (element == nullptr) return "nothing";
    if (element->kind == ElementKind::literal || element->kind == ElementKind::masked) {
        const std::size_t i = walk.failed_octet();
        const auto octet = explain::octets_as_text(element->octets.substr(i, 1),
                                                   element->mask.empty() ? "" : element->mask.substr(i, 1));
        return "the octet " + octet.hex + "  \"" + octet.text + '"';
    }
    std::string words;
    for (const std::string& line : explain::words_for(*element)) {
        const std::size_t begin = line.find_first_not_of(' ');
        words += (words.empty() ? "" : " ") + line.substr(begin);
    }
    return words;
}

}  // namespace

ClosestPlace closest_place(const Sequence& part, Octets content, std::size_t first, std::size_t last) {
    ClosestPlace best;
    bool any = false;
    for (std::size_t start = first; start <= std::min(last, content.size()); ++start) {
        PlainWalk walk(content, start);
        walk.take(part);
        if (any && walk.agreed() <= best.agreed) continue;
        any = true;
        best = {start, walk.agreed(), walk.at(), wanted_by(walk)};
    }
    return best;
}

}  // namespace postern::signatures
