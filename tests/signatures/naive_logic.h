// SPDX-License-Identifier: Apache-2.0
// The second, plain evaluator of logical expressions: it reads the text anew each time, by the
// description of the language and without a tree. And a generator of such texts.
//
// It knows no error: give it expressions that parse_expression() takes.
#pragma once

#include "support.h"

#include <cstdlib>
#include <set>

namespace postern::signatures::tests {

class NaiveLogic {
public:
    explicit NaiveLogic(std::vector<std::uint32_t> counts) : counts_(std::move(counts)) {}

    bool holds(const std::string& text) const {
        Sum sum;
        return holds(text, sum);
    }

private:
    struct Sum {
        std::uint64_t count = 0;
        std::set<std::size_t> ids;
    };

    // Adds to `sum` only when it holds.
    bool holds(const std::string& text, Sum& sum) const {
        int depth = 0;
        std::size_t inner = 0;
        std::size_t end = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            depth += (text[i] == '(') - (text[i] == ')');
            if (text[i] == ')' && depth == 0) end = i;
            if (text[i] != '&' && text[i] != '|') continue;
            if (depth == 0) return sides(text.substr(0, i), text[i], text.substr(i + 1), sum);
            if (depth == 1) inner = i;
        }
        if (inner != 0) return block(text, inner, end, sum);
        if (text[0] == '(') return holds(text.substr(1, text.size() - 2), sum);
        return one(text, sum);
    }

    bool sides(const std::string& left, char op, const std::string& right, Sum& sum) const {
        Sum a;
        Sum b;
        const bool l = holds(left, a);
        const bool r = holds(right, b);
        if (op == '&' ? !(l && r) : !(l || r)) return false;
        sum.count += a.count + b.count;
        sum.ids.insert(a.ids.begin(), a.ids.end());
        sum.ids.insert(b.ids.begin(), b.ids.end());
        return true;
    }

    bool block(const std::string& text, std::size_t op, std::size_t end, Sum& sum) const {
        Sum inside;
        const bool good = sides(text.substr(1, op - 1), text[op], text.substr(op + 1, end - op - 1),
                                inside);
        if (end + 1 == text.size()) {
            if (good) {
                sum.count += inside.count;
                sum.ids.insert(inside.ids.begin(), inside.ids.end());
            }
            return good;
        }
        const std::size_t comma = text.find(',', end);
        const std::size_t different = comma == text.npos ? 0 : std::stoul(text.substr(comma + 1));
        if (!fits(text[end + 1], inside.count, std::stoul(text.substr(end + 2))) ||
            inside.ids.size() < different) {
            return false;
        }
        sum.count += inside.count;
        return true;
    }

    bool one(const std::string& text, Sum& sum) const {
        const std::size_t id = std::stoul(text);
        const std::size_t sign = text.find_last_of("<>=");
        const std::uint64_t count = counts_[id];
        const bool good = sign == text.npos
                              ? count > 0
                              : fits(text[sign], count, std::stoul(text.substr(sign + 1)));
        if (good) sum.count += count;
        if (good) sum.ids.insert(id);
        return good;
    }

    static bool fits(char sign, std::uint64_t value, std::uint64_t with) {
        return sign == '=' ? value == with : sign == '<' ? value < with : value > with;
    }

    std::vector<std::uint32_t> counts_;
};

inline std::string generated_count(Random& random) {
    std::string text(1, "<>=>"[random.below(4)]);
    return text += std::to_string(random.below(4));
}

// Of subsignatures below `ids`, not nested deeper than `depth`.
inline std::string generated_expression(Random& random, std::size_t ids, int depth = 3) {
    if (depth == 0 || random.one_in(4)) {
        std::string text = std::to_string(random.below(ids));
        return random.one_in(4) ? text + generated_count(random) : text;
    }
    std::string text;
    const std::size_t operands = 2 + random.below(3);
    for (std::size_t i = 0; i < operands; ++i) {
        if (i > 0) text += random.one_in(2) ? '&' : '|';
        text += generated_expression(random, ids, depth - 1);
    }
    if (random.one_in(3)) return text;
    text = '(' + text + ')';
    if (random.one_in(3)) {
        text += generated_count(random);
        if (random.one_in(2)) text += ',' + std::to_string(1 + random.below(3));
    }
    return text;
}

}  // namespace postern::signatures::tests
