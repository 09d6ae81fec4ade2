// SPDX-License-Identifier: Apache-2.0
// Encoding is a walk over the tree; the only choice is which operation fits a set of alternatives.
#include "signatures/program.h"

#include "signatures/byte_pairs.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>

namespace postern::signatures {

namespace {

using clamav::Element;
using clamav::ElementKind;
using clamav::Sequence;

class Encoder {
public:
    explicit Encoder(std::vector<std::uint8_t>& code) : code_(code) {}

    void sequence(const Sequence& elements) {
        for (const Element& element : elements) one(element);
        op(Op::end);
    }

    std::uint32_t position() const {
        if (code_.size() > 0xffffffffu) throw std::length_error("more than 4 GiB of signatures");
        return static_cast<std::uint32_t>(code_.size());
    }

private:
    void op(Op operation) { code_.push_back(static_cast<std::uint8_t>(operation)); }
    void octet(int value) { code_.push_back(static_cast<std::uint8_t>(value)); }
    void octets(const std::string& text) { code_.insert(code_.end(), text.begin(), text.end()); }
    void number(std::size_t value) {
        for (int shift = 0; shift < 32; shift += 8) octet(static_cast<int>(value >> shift & 255));
    }

    void one(const Element& element) {
        switch (element.kind) {
            case ElementKind::literal:
                op(Op::literal);
                number(element.octets.size());
                return octets(element.octets);
            case ElementKind::masked:
                op(Op::masked);
                number(element.octets.size());
                octets(element.octets);
                return octets(element.mask);
            case ElementKind::skip:
                op(Op::skip);
                return number(element.count);
            case ElementKind::alternatives:
                return alternatives(element);
            case ElementKind::look_behind:
                op(Op::look_behind);
                break;
            case ElementKind::look_ahead:
                op(Op::look_ahead);
                break;
            case ElementKind::consume:
                op(Op::consume);
                break;
            case ElementKind::near_before:
                op(Op::near_before);
                return near(element);
            case ElementKind::near_after:
                op(Op::near_after);
                return near(element);
        }
        octet(static_cast<int>(element.character_class));
        octet(element.negated ? 1 : 0);
    }

    // What leads or follows a part takes no octets of its own.
    void near(const Element& element) {
        number(element.near.min);
        number(element.near.max);
        octets(element.octets);
        octets(element.mask);
    }

    static bool is_one_octet(const Sequence& choice) {
        return choice.size() == 1 && choice[0].kind != ElementKind::alternatives &&
               clamav::width_of(choice[0]).max == 1;
    }
    static bool is_literal(const Sequence& choice) {
        return choice.size() == 1 && choice[0].kind == ElementKind::literal;
    }

    void alternatives(const Element& element) {
        const auto& choices = element.choices;
        if (std::all_of(choices.begin(), choices.end(), is_one_octet)) return set(element);
        if (clamav::width_of(element).fixed() &&
            std::all_of(choices.begin(), choices.end(), is_literal)) {
            return same_length(element);
        }
        op(Op::choices);
        number(choices.size());
        for (const Sequence& choice : choices) {
            const std::size_t place = code_.size();
            number(0);
            sequence(choice);
            patch(place, code_.size() - place - 4);
        }
    }

    // Lengths stand before what they measure, so they are filled in afterwards.
    void patch(std::size_t place, std::size_t value) {
        for (std::size_t i = 0; i < 4; ++i) {
            code_[place + i] = static_cast<std::uint8_t>(value >> 8 * i & 255);
        }
    }

    // Single octets are most alternatives: a bit each, negation and nibbles folded in.
    void set(const Element& element) {
        std::array<std::uint8_t, 32> bits{};
        for (unsigned value = 0; value < 256; ++value) {
            const bool in =
                std::any_of(element.choices.begin(), element.choices.end(),
                            [value](const Sequence& choice) { return takes(choice[0], value); });
            if (in != element.negated) {
                bits[value / 8] = static_cast<std::uint8_t>(bits[value / 8] | 1u << value % 8);
            }
        }
        op(Op::set);
        code_.insert(code_.end(), bits.begin(), bits.end());
    }

    static bool takes(const Element& element, unsigned value) {
        if (element.kind == ElementKind::skip) return true;
        const unsigned mask = element.kind == ElementKind::masked
                                  ? static_cast<unsigned char>(element.mask[0])
                                  : 255u;
        return (value & mask) == static_cast<unsigned char>(element.octets[0]);
    }

    // Strings of one length have one end, so the part stays fixed and is walked at one position.
    void same_length(const Element& element) {
        op(Op::same_length);
        octet(element.negated ? 1 : 0);
        number(element.choices.size());
        number(element.choices[0][0].octets.size());
        for (const Sequence& choice : element.choices) octets(choice[0].octets);
    }

    std::vector<std::uint8_t>& code_;
};

constexpr std::uint64_t most = 0xffffffffu;

// How rare an octet is of which only some bits are known, a letter in either case among them.
double bits_of(std::uint8_t value, std::uint8_t mask) {
    double bits = 8;
    for (unsigned octet = 0; octet < 256; ++octet) {
        if ((octet & mask) == value) {
            bits = std::min(bits, first_octet_bits(static_cast<std::uint8_t>(octet)));
        }
    }
    return mask == 255 ? bits : bits - 1;
}

class ProbeChoice {
public:
    explicit ProbeChoice(Probes& probes) : probes_(probes) {}

    void choose(const Sequence& elements) {
        std::size_t offset = 0;
        for (const Element& element : elements) {
            const clamav::Width width = clamav::width_of(element);
            const bool masked = element.kind == ElementKind::masked;
            if (masked || element.kind == ElementKind::literal) {
                for (std::size_t i = 0; i < element.octets.size(); ++i) {
                    look_at({static_cast<std::uint32_t>(offset + i),
                             static_cast<std::uint8_t>(element.octets[i]),
                             static_cast<std::uint8_t>(masked ? element.mask[i] : '\xff'), 0});
                }
            }
            if (!width.fixed()) break;
            offset += width.max;
        }
        if (probes_[1].mask == 0) probes_[1] = probes_[0];
    }

private:
    void look_at(const Probe& probe) {
        if (probe.mask == 0) return;
        const double bits = bits_of(probe.value, probe.mask);
        if (bits > bits_[0]) {
            probes_ = {probe, probes_[0]};
            bits_ = {bits, bits_[0]};
        } else if (bits > bits_[1]) {
            probes_[1] = probe;
            bits_[1] = bits;
        }
    }

    Probes& probes_;
    std::array<double, 2> bits_{-1e9, -1e9};
};

constexpr std::uint32_t longest_join = 65536;

}  // namespace

// Parts of one body stand next to each other, so a row of two numbers is a body.
BodyRow Programs::add(const clamav::Body& body) {
    Encoder encoder(code.rows());
    const BodyRow result{static_cast<std::uint32_t>(parts.size()),
                         static_cast<std::uint32_t>(body.parts.size())};
    for (const clamav::Part& part : body.parts) {
        PartRow row;
        const clamav::Width width = clamav::width_of(part.elements);
        row.code = encoder.position();
        row.min_length = static_cast<std::uint32_t>(std::min(width.min, most));
        row.max_length = static_cast<std::uint32_t>(std::min(width.max, most));
        row.gap_min = part.gap.min;
        row.gap_max = part.gap.max;
        encoder.sequence(part.elements);
        ProbeChoice(row.probes).choose(part.elements);
        parts.push_back(row);
    }
    encoder.position();
    return result;
}

clamav::Body joined(clamav::Body body) {
    clamav::Body result;
    for (clamav::Part& part : body.parts) {
        const clamav::Gap gap = part.gap;
        if (result.parts.empty() || gap.min != gap.max || gap.max > longest_join) {
            result.parts.push_back(std::move(part));
            continue;
        }
        Sequence& last = result.parts.back().elements;
        if (gap.max != 0) {
            last.emplace_back();
            last.back().kind = ElementKind::skip;
            last.back().count = gap.max;
        }
        std::move(part.elements.begin(), part.elements.end(), std::back_inserter(last));
    }
    return result;
}

}  // namespace postern::signatures
