// SPDX-License-Identifier: Apache-2.0
// Logical expressions: how they are divided, what they count, and a second evaluator that reads the
// text itself and must agree.
#include "naive_logic.h"
#include "signatures/clamav/ldb_expression.h"
#include "support.h"

namespace postern::signatures::tests {
namespace {

class Given final : public SubsignatureCounts {
public:
    explicit Given(std::vector<std::uint32_t> counts) : counts_(std::move(counts)) {}
    std::uint32_t count(std::uint8_t subsignature) override { return counts_[subsignature]; }

private:
    std::vector<std::uint32_t> counts_;
};

bool told(std::string_view text, const std::vector<std::uint32_t>& counts) {
    const clamav::ParsedExpression parsed = clamav::parse_expression(text);
    EXPECT_EQ(parsed.error, "") << text;
    Given given(counts);
    return parsed.error.empty() && holds(parsed.expression, given);
}

struct Case {
    const char* text;
    std::vector<std::uint32_t> counts;
    bool holds;
};

TEST(Logic, Cases) {
    const std::vector<Case> cases{
        {"0", {1}, true},
        {"0", {0}, false},
        // The first operator divides outside of parentheses, the last one inside.
        {"0|1&2", {1, 0, 0}, true},
        {"0&1|2", {0, 0, 1}, false},
        {"(0&1|2)", {0, 0, 1}, true},
        {"(0|1&2)", {1, 0, 0}, false},
        {"((0&1|2))", {0, 0, 1}, true},
        {"(0|1)&(2|3)", {0, 1, 1, 0}, true},
        {"(0|1)&(2|3)", {1, 1, 0, 0}, false},
        // Counts of one subsignature.
        {"0>1", {2}, true},
        {"0>1", {1}, false},
        {"0=2", {2}, true},
        {"0=2", {3}, false},
        {"0=0", {0}, true},
        {"0=0", {1}, false},
        {"0<2", {1}, true},
        {"0<2", {2}, false},
        {"0>=2", {2}, true},
        {"0>=2", {3}, false},
        // Counts of blocks: the sum over what matched; different ones.
        {"(0|1)>2", {2, 1}, true},
        {"(0|1)>2", {1, 1}, false},
        {"(0|1)>2,2", {3, 0}, false},
        {"(0|1)>2,2", {2, 1}, true},
        {"(0|1)=3", {2, 1}, true},
        {"(0|1)=3", {2, 2}, false},
        {"(0|1)<3", {1, 1}, true},
        {"(0|1)<3", {2, 1}, false},
        // A block that does not hold counts nothing.
        {"(0&1)=0", {3, 0}, true},
        {"(0&1)=0", {1, 1}, false},
        {"((0&1)|2)>2", {5, 0, 2}, false},
        {"((0&1)|2)>2", {1, 1, 1}, true},
        // A counted block hands its sum on, but not which ones they were.
        {"((0|1)>0|2)>2", {1, 1, 1}, true},
        {"((0|1)>0|2)>0,2", {1, 1, 1}, false},
        {"((0|1)|2)>0,3", {1, 1, 1}, true},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(told(one.text, one.counts), one.holds) << one.text;
        EXPECT_EQ(NaiveLogic(one.counts).holds(one.text), one.holds) << one.text << " (naive)";
    }
}

TEST(Logic, WhatIsNoExpression) {
    for (const char* text : {"", "&", "0&", "|1", "0&&1", "(0", "0)", "()", "(0)>1", "((0|1))>1",
                             "(0|1)>=1", "(0|1)x", "(0|1)>", "0>", "0>x", "a", "64", "0&(1|)",
                             "(0|1)>1,x", "0>-1"}) {
        const clamav::ParsedExpression parsed = clamav::parse_expression(text);
        EXPECT_NE(parsed.error, "") << text;
        EXPECT_GE(parsed.at, text) << text;
    }
}

// What clamscan reads with a part of it passed over is read, and told.
TEST(Logic, WhatIsPassedOverIsDoubtful) {
    for (const char* text : {"0!1", "0:4c20", "0>1,2", "0>=1", "0>1z", "(0z)"}) {
        const clamav::ParsedExpression parsed = clamav::parse_expression(text);
        EXPECT_EQ(parsed.error, "") << text;
        EXPECT_NE(parsed.doubtful, nullptr) << text;
    }
    for (const char* text : {"0", " 0 ", "0>1", "(0|1)>1,2", "0&(1|2)"}) {
        EXPECT_EQ(clamav::parse_expression(text).doubtful, nullptr) << text;
    }
}

TEST(Logic, DepthAndLengthAreBounded) {
    const std::string deep(600, '(');
    EXPECT_NE(clamav::parse_expression(deep + "0" + std::string(600, ')')).error, "");
    std::string chain = "0";
    for (int i = 0; i < 400; ++i) chain += "|0";
    EXPECT_EQ(clamav::parse_expression(chain).error, "");
    for (int i = 0; i < 400; ++i) chain += "|0";
    EXPECT_NE(clamav::parse_expression(chain).error, "");
    EXPECT_NE(clamav::parse_expression(std::string(10000, '0')).error, "");
}

// Counting further than enough_counts() says never changes an answer.
std::vector<std::uint32_t> capped(const Expression& expression, std::vector<std::uint32_t> counts) {
    EnoughCounts enough{};
    widen_to_enough(expression, enough);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = std::min(counts[i], enough[i]);
    return counts;
}

TEST(Logic, AgreesWithTheNaiveEvaluator) {
    Random random(7);
    std::size_t held = 0;
    constexpr std::size_t rounds = 20000;
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::string text = generated_expression(random, 5);
        std::vector<std::uint32_t> counts(5);
        for (std::uint32_t& count : counts) {
            count = static_cast<std::uint32_t>(random.one_in(2) ? 0 : random.below(4));
        }
        const bool expected = NaiveLogic(counts).holds(text);
        ASSERT_EQ(told(text, counts), expected) << text;
        const Expression expression = clamav::parse_expression(text).expression;
        Given given(capped(expression, counts));
        ASSERT_EQ(holds(expression, given), expected) << text << " (capped)";
        held += expected;
    }
    EXPECT_GT(held, rounds / 5);
    EXPECT_LT(held, rounds * 4 / 5);
}

}  // namespace
}  // namespace postern::signatures::tests
