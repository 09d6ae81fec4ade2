// SPDX-License-Identifier: Apache-2.0
// The literal of a regex stands in every match of it: told by hand, and by PCRE2 on generated ones.
#include "signatures/regex_literal.h"
#include "support.h"

namespace postern::signatures::tests {
namespace {

RegexFlags flags(std::initializer_list<RegexFlag> all = {}) {
    RegexFlags flags;
    for (const RegexFlag flag : all) flags.add(flag);
    return flags;
}

TEST(RegexLiterals, AreTheLongestThatMustStand) {
    const auto literal = [](std::string_view regex) { return required_literal(regex, flags()); };
    EXPECT_EQ(literal(R"([A-Za-z]{5}[\W_][0-9]{1,3}\.exe)"), ".exe");
    EXPECT_EQ(literal(R"(ab\s+invoice\d+(x|y)?final)"), "invoice");
    EXPECT_EQ(literal(R"(abcd?)"), "abc");
    EXPECT_EQ(literal(R"(abcd*efgh)"), "efgh");
    EXPECT_EQ(literal(R"(abcd+ef)"), "abcd");
    EXPECT_EQ(literal(R"(abcd{0,3}e)"), "abc");
    EXPECT_EQ(literal(R"(abcd{2}e)"), "abcd");
    EXPECT_EQ(literal(R"([]abc]defg)"), "defg");
    EXPECT_EQ(literal(R"([^[:alpha:]xyz]defg)"), "defg");
    EXPECT_EQ(literal(R"(\x41\x42\n\/)"), "AB\n/");
    EXPECT_EQ(literal(R"((?:abcdef|\)[)]x)ghi)"), "ghi");
    EXPECT_EQ(literal(R"((?=abcdef)ghi)"), "ghi");
}

TEST(RegexLiterals, AreNoneWhereNothingIsSure) {
    for (const char* regex : {"abc|def", "abc(?i)def", "(?x)abc def", R"(abc\Qdef\E)", R"((a)bcd\k<x>abc)", "ab", "",
                              R"(abc\p{Lu}def)", "(*UTF)abcdef", "abc(?#)def)", R"((a)\g{1}bcde)", "[abc", R"(abc\)"}) {
        EXPECT_EQ(required_literal(regex, flags()), "") << regex;
    }
    EXPECT_EQ(required_literal("abc def", flags({RegexFlag::extended})), "");
}

class Generator {
public:
    explicit Generator(Random& random) : random_(random) {}

    std::string regex(int depth) {
        std::string text;
        for (std::size_t n = 1 + random_.below(5); n > 0; --n) text += atom(depth) + quantifier();
        if (random_.one_in(12)) text += '|' + atom(depth);
        return text;
    }

private:
    std::string atom(int depth) {
        static constexpr std::array plain{"abc", "ab", "c", R"(\.)", R"(\x62)", "[ab]", "[^c]", R"([]a\]])", R"(\w)", ".",
                                          R"(\b)", "^", "$", "bca", R"(\-)", "[[:alpha:]b]", "a{x", R"(\d)"};
        if (depth > 0 && random_.one_in(5)) {
            static constexpr std::array open{"(", "(?:", "(?=", "(?!", "(?<=", "(?>", "(?i)(", "(?i:"};
            const std::string begin = open[random_.below(open.size())];
            if (begin == "(?<=") return "(?<=a)";
            return begin + regex(depth - 1) + ")";
        }
        return plain[random_.below(plain.size())];
    }

    std::string quantifier() {
        static constexpr std::array all{"", "", "", "", "?", "*", "+", "{0}", "{1,2}", "{2}", "{0,1}", "??", "+?", "*+", "{,2}", "{1,}"};
        return all[random_.below(all.size())];
    }

    Random& random_;
};

bool holds(std::string_view match, std::string_view literal) { return match.find(literal) != match.npos; }

TEST(RegexLiterals, StandInWhatPcreMatches) {
    Random random(5);
    RegexRunner runner;
    std::size_t told = 0;
    for (int round = 0; round < 60000; ++round) {
        const std::string text = Generator(random).regex(2);
        const std::string literal = required_literal(text, flags());
        if (literal.empty() || check_regex(text, flags())) continue;
        const Regex regex(text, flags());
        for (int n = 0; n < 6; ++n) {
            std::string content;
            for (std::size_t i = random.below(40); i > 0; --i) content += "aabbcc.-xb]A1 \n"[random.below(15)];
            if (random.one_in(2)) content.insert(random.below(content.size() + 1), literal);
            RegexSearch search;
            search.content = octets(content);
            search.last = content.size();
            runner.begin_content();
            if (!runner.find(regex, search)) continue;
            ++told;
            ASSERT_TRUE(holds(content, literal)) << text << " in \"" << content << "\" without " << literal;
        }
    }
    EXPECT_GT(told, 3000u);
}

}  // namespace
}  // namespace postern::signatures::tests
