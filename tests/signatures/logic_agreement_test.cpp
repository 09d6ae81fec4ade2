// SPDX-License-Identifier: Apache-2.0
// Generated logical signatures on generated contents: the matcher and the naive implementations
// agree. The naive way counts every subsignature by trying it at every place, and then reads the
// expression's text.
#include "naive_logic.h"
#include "naive_matcher.h"

#include <algorithm>

namespace postern::signatures::tests {
namespace {

// Few octets, so that short patterns meet short contents often.
constexpr std::string_view letters = "abAB";

struct NaivePart {
    std::string text;       // letters and dots
    bool caseless = false;
    bool wide = false;
    bool ascii = false;
    int offset = -1;

    std::string written() const {
        std::string out = offset < 0 ? "" : std::to_string(offset) + ':';
        for (const char c : text) out += c == '.' ? "??" : hex(std::string(1, c));
        std::string options;
        if (caseless) options += 'i';
        if (wide) options += 'w';
        if (ascii) options += 'a';
        return options.empty() ? out : out + "::" + options;
    }

    std::uint32_t count(std::string_view content) const {
        const bool plain = !wide || ascii;
        return (plain ? count(content, 1) : 0) + (wide ? count(content, 2) : 0);
    }

private:
    std::uint32_t count(std::string_view content, std::size_t step) const {
        std::uint32_t found = 0;
        for (std::size_t at = 0; at + text.size() * step <= content.size(); ++at) {
            if (offset >= 0 && at != static_cast<std::size_t>(offset)) continue;
            found += stands(content, at, step);
        }
        return found;
    }

    bool stands(std::string_view content, std::size_t at, std::size_t step) const {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = content[at + i * step];
            const bool same = caseless ? std::tolower(c) == std::tolower(text[i]) : c == text[i];
            if (text[i] != '.' && !same) return false;
            if (step == 2 && content[at + 2 * i + 1] != '\0') return false;
        }
        return true;
    }
};

NaivePart generated_part(Random& random) {
    NaivePart part;
    const std::size_t length = 2 + random.below(9);
    for (std::size_t i = 0; i < length; ++i) part.text += letters[random.below(letters.size())];
    if (length > 4 && random.one_in(3)) part.text[2] = '.';
    part.caseless = random.one_in(2);
    part.wide = random.one_in(4);
    part.ascii = part.wide && random.one_in(2);
    if (random.one_in(5)) part.offset = static_cast<int>(random.below(20));
    return part;
}

std::string generated_content(Random& random, const std::vector<NaivePart>& parts) {
    std::string content;
    const std::size_t pieces = random.below(8);
    for (std::size_t i = 0; i < pieces; ++i) {
        for (std::size_t n = random.below(12); n > 0; --n) content += letters[random.below(4)];
        const NaivePart& part = parts[random.below(parts.size())];
        const bool wide = part.wide && random.one_in(2);
        for (char c : part.text) {
            if (random.one_in(4)) c = static_cast<char>(c ^ 0x20);
            content += c;
            if (wide) content += '\0';
        }
    }
    return content;
}

struct Rule {
    std::string name;
    std::string expression;
    std::vector<NaivePart> parts;
};

Rule generated_rule(Random& random, std::size_t number) {
    Rule rule{numbered("R", number), {}, {}};
    const std::size_t count = 1 + random.below(5);
    for (std::size_t i = 0; i < count; ++i) rule.parts.push_back(generated_part(random));
    rule.expression = generated_expression(random, count);
    // All must be named.
    rule.expression += std::string(random.one_in(2) ? "|" : "&") + std::to_string(count - 1);
    return rule;
}

TEST(LogicalAgreement, WithTheNaiveMatcher) {
    Random random(11);
    std::size_t pairs = 0;
    std::size_t matched = 0;
    for (int round = 0; round < 60; ++round) {
        std::vector<Rule> rules;
        std::vector<NaivePart> parts;
        std::string source;
        for (std::size_t i = 0; i < 30; ++i) {
            rules.push_back(generated_rule(random, i));
            source += rules.back().name + ";Target:0;" + rules.back().expression;
            for (const NaivePart& part : rules.back().parts) source += ';' + part.written();
            source += '\n';
            parts.insert(parts.end(), rules.back().parts.begin(), rules.back().parts.end());
        }
        Matcher matcher(set_of("t.ldb", source));
        for (int i = 0; i < 20; ++i) {
            const std::string content = generated_content(random, parts);
            std::vector<std::string> expected;
            for (const Rule& rule : rules) {
                std::vector<std::uint32_t> counts;
                for (const NaivePart& part : rule.parts) counts.push_back(part.count(content));
                if (NaiveLogic(counts).holds(rule.expression)) expected.push_back(rule.name);
            }
            std::vector<std::string> found;
            for (const Match& match : matches_of(matcher, content)) found.emplace_back(match.name);
            std::sort(expected.begin(), expected.end());
            std::sort(found.begin(), found.end());
            ASSERT_EQ(found, expected) << source << hex(content);
            pairs += rules.size();
            matched += expected.size();
        }
    }
    EXPECT_GT(matched, pairs / 20);
    EXPECT_LT(matched, pairs / 2);
}

}  // namespace
}  // namespace postern::signatures::tests
