// SPDX-License-Identifier: Apache-2.0
// Bodies of .ndb: wildcards, gaps, alternatives, classes. Each pattern is made together with a text
// that it matches; the near misses are that text with one thing changed.
#include "tests/signatures/conformance/suite.h"

namespace postern::signatures::tests {
namespace {

// A wildcard octet: its text in the pattern, and which of its nibbles are fixed.
std::string wild(char octet, std::size_t form) {
    const std::string digits = hex(std::string(1, octet));
    if (form == 0) return "??";
    return form == 1 ? std::string("?") + digits[1] : std::string(1, digits[0]) + "?";
}

Kind wildcards() {
    KindMaker make("wildcards", 101);
    for (std::size_t i = 0; i < 24; ++i) {
        const std::string left = make.octets(2 + make.random().below(8));
        const std::string right = make.octets(2 + make.random().below(8));
        const std::string middle = make.octets(1 + make.random().below(3));
        std::string pattern = hex(left);
        for (const char c : middle) pattern += wild(c, i % 3);
        make.ndb("Wild", "0:*:" + pattern + hex(right));
        const std::string whole = left + middle + right;
        make.meet(make.within(whole));
        make.meet(make.within(nibble_off(whole, left.size(), true)));
        make.meet(make.within(nibble_off(whole, left.size(), false)));
        make.meet(make.within(nibble_off(whole, make.random().below(left.size()), i % 2 == 0)));
        make.meet(make.within(left + middle.substr(1) + right));
    }
    return make.take();
}

struct Gap {
    std::string text;
    std::size_t low, high;
};

std::vector<Gap> gaps(Random& random) {
    const std::size_t low = 1 + random.below(6);
    const std::size_t high = low + 1 + random.below(9);
    const std::string a = std::to_string(low), b = std::to_string(high);
    return {{"*", 0, 40},
            {"{" + a + "}", low, low},
            {"{-" + b + "}", 0, high},
            {"{" + a + "-}", low, 60},
            {"{" + a + "-" + b + "}", low, high},
            {"{130}", 130, 130},
            {"{120-140}", 120, 140}};
}

Kind distances() {
    KindMaker make("gaps", 102);
    for (std::size_t round = 0; round < 3; ++round) {
        for (const Gap& gap : gaps(make.random())) {
            const std::string left = make.octets(3 + make.random().below(6));
            const std::string right = make.octets(3 + make.random().below(6));
            make.ndb("Gap", "0:*:" + hex(left) + gap.text + hex(right));
            const auto apart = [&](std::size_t n) { return make.within(left + make.octets(n) + right); };
            make.meet(apart(gap.low));
            if (gap.low > 0) make.meet(apart(gap.low - 1));
            make.meet(apart(gap.high));
            make.meet(apart(gap.high + 1));
            make.meet(make.within(right + make.octets(gap.low) + left));
            make.meet(make.within(left.substr(0, left.size() - 1) + right));
        }
    }
    return make.take();
}

// x[n-m]SIG and SIG[n-m]x: one octet near a part.
Kind anchored_gaps() {
    KindMaker make("brackets", 103);
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string part = make.octets(4 + make.random().below(4));
        const std::string lone = make.octets(1);
        const std::size_t low = 1 + make.random().below(4);
        const std::size_t high = low + 1 + make.random().below(8);
        const std::string gap = '[' + std::to_string(low) + '-' + std::to_string(high) + ']';
        const bool left = i % 2 == 0;
        make.ndb("Bracket", "0:*:" + (left ? hex(lone) + gap + hex(part) : hex(part) + gap + hex(lone)));
        const auto apart = [&](std::size_t n) {
            const std::string between(n, 'q');
            return make.within(left ? "zzzzzzzzzzzzzzzz" + lone + between + part
                                    : part + between + lone + "zzzzzzzzzzzzzzzz");
        };
        for (const std::size_t n : {low - 1, low, high, high + 1}) make.meet(apart(n));
        make.meet(make.within(part));
    }
    return make.take();
}

std::string joined(const std::vector<std::string>& choices) {
    std::string text;
    for (const std::string& choice : choices) text += (text.empty() ? "" : "|") + hex(choice);
    return text;
}

Kind alternatives() {
    KindMaker make("alternatives", 104);
    for (std::size_t i = 0; i < 30; ++i) {
        const std::string left = make.octets(3), right = make.octets(3);
        const std::size_t form = i % 3;  // of one octet, of one length, of several
        std::vector<std::string> choices;
        for (std::size_t n = 2 + make.random().below(3); n > 0; --n) {
            choices.push_back(make.octets(form == 0 ? 1 : form == 1 ? 3 : 1 + n));
        }
        const bool negated = form != 2 && i % 2 == 1;
        make.ndb("Choice", "0:*:" + hex(left) + (negated ? "!(" : "(") + joined(choices) + ")" + hex(right));
        for (const std::string& choice : choices) {
            make.meet(make.within(left + choice + right));
            make.meet(make.within(left + nibble_off(choice, choice.size() - 1, i % 4 < 2) + right));
        }
        make.meet(make.within(left + choices[0] + nibble_off(right, 0, false)));
        make.meet(make.within(left + right));
        make.meet(make.within("") + left + choices[0].substr(1));
    }
    return make.take();
}

Kind nested_alternatives() {
    KindMaker make("nested", 105);
    for (std::size_t i = 0; i < 10; ++i) {
        const std::string left = make.octets(3), a = make.octets(2), b = make.octets(1);
        const std::string c = make.octets(2), d = make.octets(3), right = make.octets(3);
        make.ndb("Nested", "0:*:" + hex(left) + "(" + hex(a) + "(" + hex(b) + "|" + hex(c) + "?" + "?)|" + hex(d) +
                               ")" + hex(right));
        for (const std::string& middle : {a + b, a + c + "x", d, a + c, a, a + d, c}) {
            make.meet(make.within(left + middle + right));
        }
    }
    return make.take();
}

// Classes look at their neighbours, or take an octet.
Kind classes() {
    KindMaker make("classes", 106);
    const std::string marks[] = {" ", ".", "\n", "\r\n", "x", "=", "\"", "-", "_", "<", "@", std::string(1, '\0'), "\xe4"};
    for (const char letter : std::string_view("BLW")) {
        for (const bool negated : {false, true}) {
            for (const std::size_t place : {0u, 1u, 2u}) {
                const std::string left = make.octets(4), right = make.octets(4);
                const std::string class_text = std::string(negated ? "!(" : "(") + letter + ")";
                const std::string text = place == 0   ? class_text + hex(left)
                                         : place == 1 ? hex(left) + class_text + hex(right)
                                                      : hex(left) + class_text;
                make.ndb("Class", "0:*:" + text);
                for (const std::string& mark : marks) {
                    make.meet(make.within(place == 0   ? mark + left
                                          : place == 1 ? left + mark + right
                                                       : left + mark));
                }
                make.meet(make.within("") + left);
            }
        }
    }
    return make.take();
}

// Whatever the language has, mixed, with parts enough.
Kind mixed() {
    KindMaker make("mixed", 107);
    for (std::size_t i = 0; i < 20; ++i) {
        const std::string a = make.octets(3), b = make.octets(3), c = make.octets(4), x = make.octets(1);
        const std::size_t far = 3 + make.random().below(5);
        make.ndb("Mixed", "0:*:" + hex(a) + "(" + hex(x) + "|" + hex("k") + ")" + hex(b) + "{-" + std::to_string(far) +
                              "}" + hex(c) + "*" + hex(b) + wild(x[0], 1 + i % 2) + hex(a));
        const auto whole = [&](std::size_t gap, const std::string& middle, const std::string& last) {
            const std::string far_apart = make.octets(gap), near = make.octets(5);
            return make.within(a + middle + b + far_apart + c + near + b + last + a);
        };
        make.meet(whole(far, x, x));
        make.meet(whole(0, "k", x));
        make.meet(whole(far + 1, x, x));
        make.meet(whole(far, "l", x));
        make.meet(whole(far, x, nibble_off(x, 0, i % 2 == 0)));
        make.meet(whole(far, x, nibble_off(x, 0, i % 2 != 0)));
    }
    return make.take();
}

}  // namespace

void add_body_kinds(std::vector<Kind>& out) {
    out.push_back(wildcards());
    out.push_back(distances());
    out.push_back(anchored_gaps());
    out.push_back(alternatives());
    out.push_back(nested_alternatives());
    out.push_back(classes());
    out.push_back(mixed());
}

}  // namespace postern::signatures::tests
