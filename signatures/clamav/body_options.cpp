// SPDX-License-Identifier: Apache-2.0
// Wide and whole are defined on the text, as ClamAV does it: octets are doubled where they stand,
// distances are not, and a distance in brackets becomes one in braces. Case is folded in the tree.
#include "signatures/clamav/body_options.h"

#include "signatures/clamav/hex.h"

#include <algorithm>

namespace postern::signatures::clamav {

namespace {

constexpr unsigned char case_mask = 0xdf;

bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Copies a distance through its closing sign; it stands in braces afterwards.
std::size_t copy_distance(std::string_view text, std::size_t at, std::string& out) {
    const char close = text[at] == '[' ? ']' : '}';
    const std::size_t end = std::min(text.find(close, at), text.size() - 1);
    out += '{';
    out += text.substr(at + 1, end - at - 1);
    out += '}';
    return end + 1;
}

bool is_class(std::string_view text, std::size_t at) {
    return text.size() - at > 2 && text[at + 2] == ')' &&
           std::string_view("BLW").find(text[at + 1]) != std::string_view::npos;
}

// REQUIRES: parse_body() took the text.
std::string widened(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '{' || c == '[') {
            at = copy_distance(text, at, out);
        } else if (c == '(' && is_class(text, at)) {
            out += text.substr(at, 3);
            at += 3;
        } else if (c == '?' || hex_digit(c) >= 0) {
            out += text.substr(at, 2);
            out += "00";
            at += 2;
        } else {
            out += c;
            ++at;
        }
    }
    return out;
}

std::string in_braces(std::string_view text) {
    std::string out(text);
    std::replace(out.begin(), out.end(), '[', '{');
    std::replace(out.begin(), out.end(), ']', '}');
    return out;
}

// False: the sequence cannot be folded.
bool fold(Sequence& sequence);

bool fold_literal(Element& element) {
    if (element.mask.empty()) element.mask.assign(element.octets.size(), '\xff');
    bool letters = false;
    for (std::size_t i = 0; i < element.octets.size(); ++i) {
        if (element.mask[i] != '\xff' || !is_letter(element.octets[i])) continue;
        element.mask[i] = static_cast<char>(case_mask);
        element.octets[i] = static_cast<char>(element.octets[i] & case_mask);
        letters = true;
    }
    if (element.kind == ElementKind::literal) {
        if (letters) element.kind = ElementKind::masked;
        if (!letters) element.mask.clear();
    }
    return true;
}

bool fold(Element& element) {
    switch (element.kind) {
        case ElementKind::literal:
        case ElementKind::near_before:
        case ElementKind::near_after:
            return fold_literal(element);
        case ElementKind::alternatives:
            // None of several strings: only compared as they are.
            if (element.negated && width_of(element).max > 1) return false;
            return std::all_of(element.choices.begin(), element.choices.end(),
                               [](Sequence& choice) { return fold(choice); });
        default:
            return true;
    }
}

bool fold(Sequence& sequence) {
    return std::all_of(sequence.begin(), sequence.end(),
                       [](Element& element) { return fold(element); });
}

bool fold(Body& body) {
    return std::all_of(body.parts.begin(), body.parts.end(),
                       [](Part& part) { return fold(part.elements); });
}

class Speller {
public:
    Speller(std::string_view text, BodyOptions options) : text_(text), options_(options) {}

    SpelledBodies spell() {
        // The text as it is written is read first: what is wrong is told where it stands.
        ParsedBody plain = parse_body(text_);
        result_.error = std::move(plain.error);
        if (result_.error) return std::move(result_);
        if (options_.wide) add_wide();
        if (!options_.wide || options_.ascii) {
            if (options_.whole) add("(W)" + in_braces(text_) + "(W)");
            else keep(std::move(plain.body));
        }
        return std::move(result_);
    }

private:
    void add_wide() {
        const std::string wide = widened(text_);
        add(options_.whole ? "(W)" + wide + "(W)" : wide);
        if (!options_.whole || result_.error) return;
        // What stands beside it is wide as well.
        Body& body = result_.bodies.back();
        body.parts.front().elements.front().character_class = CharacterClass::wide_non_alphanumeric;
        body.parts.back().elements.back().character_class = CharacterClass::wide_non_alphanumeric;
    }

    void add(const std::string& text) {
        ParsedBody parsed = parse_body(text);
        if (parsed.error) {
            result_.error = BodyError{text_.data(), "with its options: " + parsed.error->message};
        } else {
            keep(std::move(parsed.body));
        }
    }

    void keep(Body&& body) {
        if (options_.caseless && !fold(body)) {
            result_.error = BodyError{text_.data(),
                                      "none of several strings, whatever their case, is not "
                                      "supported; write the octets one by one"};
        }
        result_.bodies.push_back(std::move(body));
    }

    std::string_view text_;
    BodyOptions options_;
    SpelledBodies result_;
};

}  // namespace

SpelledBodies spell(std::string_view text, BodyOptions options) {
    return Speller(text, options).spell();
}

}  // namespace postern::signatures::clamav
