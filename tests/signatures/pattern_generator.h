// SPDX-License-Identifier: Apache-2.0
// Random body patterns, and contents that nearly or really match them.
//
// A pattern is made together with one text that it matches, so a content can hold the text whole,
// damaged, or twice. Octets come from a small alphabet that holds line ends and word boundaries, so
// that near misses and accidental matches are the rule.
#pragma once

#include "support.h"

namespace postern::signatures::tests {

struct Pattern {
    std::string text;    // in the body language
    std::string sample;  // matches it, given the right neighbours
};

class PatternGenerator {
public:
    explicit PatternGenerator(std::uint32_t seed) : random_(seed) {}

    Pattern pattern() {
        pattern_ = {};
        const std::size_t parts = random_.one_in(2) ? 1 : 1 + random_.below(4);
        for (std::size_t i = 0; i < parts; ++i) {
            if (i > 0) gap();
            part();
        }
        return pattern_;
    }

    std::string content(const Pattern& pattern) {
        std::string text = noise(random_.below(30));
        for (std::size_t n = random_.below(3) + 1; n > 0; --n) {
            text += random_.one_in(2) ? pattern.sample : damaged(pattern.sample);
            text += noise(random_.below(12));
        }
        return text;
    }

    std::string noise(std::size_t n) {
        std::string text;
        while (text.size() < n) text += octet();
        return text;
    }

    Random& random() { return random_; }

private:
    char octet() {
        constexpr char alphabet[] = "aaabbcXY \n\r.=\x00\xff_9z";
        return alphabet[random_.below(sizeof alphabet - 1)];
    }

    void literal(std::size_t n) {
        const std::string text = noise(n);
        pattern_.text += hex(text);
        pattern_.sample += text;
    }

    void part() {
        if (random_.one_in(12)) return bracketed();
        if (random_.one_in(8)) character_class();
        literal(random_.one_in(2) ? 2 + random_.below(3) : 3 + random_.below(16));
        for (std::size_t n = random_.below(4); n > 0; --n) {
            piece();
            if (random_.one_in(2)) literal(1 + random_.below(4));
        }
        if (random_.one_in(8)) character_class();
    }

    void bracketed() {
        const std::size_t low = random_.below(4);
        const std::string gap = '[' + std::to_string(low) + '-' + std::to_string(low + 3) + ']';
        const bool left = random_.one_in(2);
        literal(left ? 1 : 4);
        pattern_.text += gap;
        pattern_.sample += noise(low + random_.below(4));
        literal(left ? 4 : 1);
    }

    void piece() {
        switch (random_.below(8)) {
            case 0:
                return any();
            case 1:
                return nibble();
            case 2:
                return alternatives(1, 1);
            case 3:
                return alternatives(3, 3);
            case 4:
                return alternatives(1, 4);
            case 5:
                return negated();
            case 6:
                return character_class();
            default:
                return skip();
        }
    }

    void any() {
        pattern_.text += "??";
        pattern_.sample += octet();
    }

    void nibble() {
        const char c = octet();
        const std::string digits = hex(std::string(1, c));
        pattern_.text +=
            random_.one_in(2) ? std::string("?") + digits[1] : std::string(1, digits[0]) + '?';
        pattern_.sample += c;
    }

    void alternatives(std::size_t shortest, std::size_t longest) {
        pattern_.text += '(';
        std::string chosen;
        const std::size_t count = 1 + random_.below(4);
        for (std::size_t i = 0; i < count; ++i) {
            std::string choice = noise(shortest + random_.below(longest - shortest + 1));
            std::string written = hex(choice);
            // A nested set, a wildcard or a distance inside, now and then.
            if (longest > shortest && random_.one_in(4)) {
                written += "(" + hex("ab") + "|" + hex("c") +
                           "?"
                           "?)";
                choice += random_.one_in(2) ? std::string("ab") : std::string("c") + octet();
            } else if (longest > shortest && random_.one_in(5)) {
                written += "{2}" + hex("b");
                choice += noise(2) + "b";
            }
            if (i > 0) pattern_.text += '|';
            pattern_.text += written;
            if (i == 0 || random_.one_in(2)) chosen = choice;
        }
        pattern_.text += ')';
        pattern_.sample += chosen;
    }

    void negated() {
        const std::size_t width = 1 + random_.below(2);
        const std::string first = hex(noise(width));
        pattern_.text += "!(" + first + '|' + hex(noise(width)) + ')';
        pattern_.sample += noise(width);
    }

    void character_class() {
        constexpr std::string_view letters = "BLW";
        if (random_.one_in(3)) pattern_.text += '!';
        pattern_.text += std::string("(") + letters[random_.below(3)] + ')';
        pattern_.sample += random_.one_in(3) ? std::string("\r\n") : std::string(1, octet());
    }

    void skip() {
        const std::size_t n = 1 + random_.below(6);
        pattern_.text += '{' + std::to_string(n) + '}';
        pattern_.sample += noise(n);
    }

    void gap() {
        const std::size_t low = random_.below(5);
        const std::size_t high = low + 1 + random_.below(6);
        switch (random_.below(5)) {
            case 0:
                pattern_.text += '*';
                break;
            case 1:
                pattern_.text += "{-" + std::to_string(high) + '}';
                break;
            case 2:
                pattern_.text += '{' + std::to_string(low) + "-}";
                break;
            case 3:
                pattern_.text += "{130}";
                pattern_.sample += noise(130);
                return;
            default:
                pattern_.text += '{' + std::to_string(low) + '-' + std::to_string(high) + '}';
        }
        pattern_.sample += noise(low + random_.below(high - low + 1));
    }

    std::string damaged(std::string text) {
        const std::size_t at = random_.below(text.size());
        switch (random_.below(3)) {
            case 0:
                text[at] = octet();
                break;
            case 1:
                text.erase(at, 1);
                break;
            default:
                text.insert(at, 1, octet());
        }
        return text;
    }

    Random random_;
    Pattern pattern_;
};

}  // namespace postern::signatures::tests
