// SPDX-License-Identifier: Apache-2.0
// Elements stand one under the other; alternatives inside alternatives are told in one line.
#include "signatures/explain/body_words.h"

namespace postern::signatures::explain {

namespace {

using clamav::CharacterClass;
using clamav::Element;
using clamav::ElementKind;
using clamav::Sequence;

std::string any_octets(std::uint32_t count) { return count == 1 ? "any octet" : "any " + counted(count, "octet"); }

std::string near_words(const Element& element) {
    const OctetText octet = octets_as_text(element.octets, element.mask);
    const clamav::Gap& gap = element.near;
    const std::string between = gap.min == gap.max ? counted(gap.min, "octet")
                                                   : std::to_string(gap.min) + " to " + counted(gap.max, "octet");
    return "with " + between + " between, " + (element.kind == ElementKind::near_before ? "before" : "behind") +
           " this stands the octet " + octet.hex + "  \"" + octet.text + '"';
}

constexpr std::string_view before_word = "blank - / _ . < @";
constexpr std::string_view behind_word = "LF CR blank \" ' - / = > _";

// What a class finds before, behind, or in the midst of what else is looked for.
std::string class_words(const Element& element) {
    const bool before = element.kind == ElementKind::look_behind;
    const bool inside = element.kind == ElementKind::consume;
    switch (element.character_class) {
        case CharacterClass::word_boundary:
            if (inside) return "an octet at the border of a word (one of " + std::string(behind_word) + " . < @)";
            return before ? "the border of a word (one of " + std::string(before_word) + ")"
                          : "the border of a word (one of " + std::string(behind_word) + ")";
        case CharacterClass::line_marker:
            return before ? "a line feed" : "the end of a line (LF or CR LF)";
        case CharacterClass::non_alphanumeric: return "an octet that is no ASCII letter or digit";
        case CharacterClass::wide_non_alphanumeric: break;
    }
    return "no ASCII letter or digit as wide text (followed by 00)";
}

std::string class_line(const Element& element) {
    const std::string what = class_words(element);
    if (element.kind == ElementKind::consume) {
        if (!element.negated) return what;
        if (element.character_class == CharacterClass::line_marker) return "one octet that ends no line";
        const bool word = element.character_class == CharacterClass::word_boundary;
        return word ? "one octet other than " + what : "one ASCII letter or digit";
    }
    const bool before = element.kind == ElementKind::look_behind;
    const std::string_view end = before ? "the beginning of the content" : "the end of the content";
    const std::string place = before ? "just before this: " : "just behind this: ";
    if (element.negated) return place + "neither " + what + " nor " + std::string(end) + " (not taken)";
    return place + what + ", or " + std::string(end) + " (not taken)";
}

std::string in_one_line(const Sequence& sequence);

std::string in_one_line(const Element& element) {
    switch (element.kind) {
        case ElementKind::literal:
        case ElementKind::masked: {
            const OctetText octets = octets_as_text(element.octets, element.mask);
            return octets.hex + "  \"" + octets.text + '"';
        }
        case ElementKind::skip: return any_octets(element.count);
        case ElementKind::alternatives: {
            std::string words = "one of (";
            for (std::size_t i = 0; i < element.choices.size(); ++i) {
                words += (i == 0 ? "" : " | ") + in_one_line(element.choices[i]);
            }
            return words + ')';
        }
        default: return class_line(element);
    }
}

std::string in_one_line(const Sequence& sequence) {
    std::string words;
    for (const Element& element : sequence) words += (words.empty() ? "" : ", then ") + in_one_line(element);
    return words.empty() ? "nothing" : words;
}

Lines alternative_lines(const Element& element) {
    const std::uint64_t width = clamav::width_of(element).max;
    Lines lines{element.negated ? counted(width, "octet") + (width == 1 ? " that is none of" : " that are none of")
                                : "one of"};
    for (const Sequence& choice : element.choices) lines.push_back("    " + in_one_line(choice));
    return lines;
}

}  // namespace

Lines words_for(const Element& element) {
    switch (element.kind) {
        case ElementKind::literal:
        case ElementKind::masked: return octet_lines(element.octets, element.mask);
        case ElementKind::skip: return {any_octets(element.count)};
        case ElementKind::alternatives: return alternative_lines(element);
        case ElementKind::near_before:
        case ElementKind::near_after: return {near_words(element)};
        default: return {class_line(element)};
    }
}

std::string words_for_gap(const clamav::Gap& gap) {
    if (gap.max == clamav::no_limit) {
        return gap.min == 0 ? "anywhere behind that" : "after " + counted(gap.min, "octet") + " or more";
    }
    if (gap.min == gap.max) return "after exactly " + counted(gap.min, "octet");
    return "after " + std::to_string(gap.min) + " to " + counted(gap.max, "octet");
}

Lines words_for(const clamav::Body& body) {
    Lines lines;
    for (std::size_t i = 0; i < body.parts.size(); ++i) {
        if (i != 0) lines.push_back(words_for_gap(body.parts[i].gap) + ':');
        for (const Element& element : body.parts[i].elements) append(lines, words_for(element), i == 0 ? 0 : 2);
    }
    return lines;
}

}  // namespace postern::signatures::explain
