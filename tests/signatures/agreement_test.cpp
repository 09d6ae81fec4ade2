// SPDX-License-Identifier: Apache-2.0
// The fast matcher and the naive one agree on generated patterns and contents, octet by octet.
//
// POSTERN_AGREEMENT_ROUNDS=N makes N rounds of them instead of the usual number; each round is one set of
// patterns, matched against contents made for them, whole and in chunks.
#include "naive_matcher.h"
#include "pattern_generator.h"
#include "signatures/clamav/body_parser.h"

#include <cstdlib>

namespace postern::signatures::tests {
namespace {

constexpr std::size_t patterns_a_set = 40;

std::size_t rounds() {
    const char* wanted = std::getenv("POSTERN_AGREEMENT_ROUNDS");
    return wanted ? std::stoul(wanted) : 60;
}

struct Rule {
    std::string name;
    std::string pattern;
    std::string offset;
    std::size_t base = 0;
    std::size_t shift = 0;
};

class RuleMaker {
public:
    explicit RuleMaker(PatternGenerator& generator) : generator_(generator) {}

    Rule make(std::size_t number, const Pattern& pattern) {
        Random& random = generator_.random();
        Rule rule{numbered("R", number), pattern.text, "*", 0, 0};
        if (random.one_in(4)) {
            rule.base = random.below(20);
            rule.shift = random.below(3) * 40;
            rule.offset = random.one_in(3) ? "EOF-" : "";
            rule.offset += std::to_string(rule.base);
            if (rule.shift != 0) rule.offset += ',' + std::to_string(rule.shift);
        }
        return rule;
    }

private:
    PatternGenerator& generator_;
};

std::optional<NaiveMatch> naive(const Rule& rule, std::string_view content) {
    const NaiveMatcher matcher(rule.pattern, content);
    if (rule.offset == "*") return matcher.find(0, content.size());
    if (rule.offset[0] != 'E') return matcher.find(rule.base, rule.base + rule.shift);
    if (rule.base > content.size()) return std::nullopt;
    return matcher.find(content.size() - rule.base, content.size() - rule.base + rule.shift);
}

std::string naive_told(const std::vector<Rule>& rules, std::string_view content) {
    std::vector<Match> matches;
    for (const Rule& rule : rules) {
        if (const auto match = naive(rule, content)) {
            matches.push_back({rule.name, match->offset, match->length});
        }
    }
    std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
        return std::tie(a.offset, a.name) < std::tie(b.offset, b.name);
    });
    return told(matches);
}

// In chunks of random length, each with candidates of its own, merged in any order.
std::string told_in_chunks(Matcher& matcher, std::string_view content, Random& random) {
    const Subject subject{octets(content), Target::other};
    Candidates all;
    for (std::size_t begin = 0; begin < content.size();) {
        const std::size_t end = std::min(content.size(), begin + 1 + random.below(30));
        Candidates some;
        matcher.scan(subject, {begin, end}, some);
        if (random.one_in(2)) {
            some.merge(std::move(all));
            all = std::move(some);
        } else {
            all.merge(std::move(some));
        }
        begin = end;
    }
    return told(matcher.finish(subject, all));
}

struct Count {
    std::size_t pairs = 0;
    std::size_t matches = 0;
};

void one_round(std::uint32_t seed, Count& count) {
    PatternGenerator generator(seed);
    RuleMaker maker(generator);
    std::vector<Pattern> patterns;
    std::vector<Rule> rules;
    std::string source;
    while (rules.size() < patterns_a_set) {
        const Pattern pattern = generator.pattern();
        const auto parsed = clamav::parse_body(pattern.text);
        ASSERT_FALSE(parsed.error) << pattern.text << ": " << parsed.error->message;
        if (clamav::is_pure_literal(parsed.body) && pattern.text.size() < 6) continue;
        patterns.push_back(pattern);
        rules.push_back(maker.make(rules.size(), pattern));
        source += rules.back().name + ":0:" + rules.back().offset + ':' + pattern.text + '\n';
    }
    Matcher matcher(set_of("t.ndb", source));
    for (const Pattern& pattern : patterns) {
        const std::string content = generator.content(pattern);
        const std::string expected = naive_told(rules, content);
        ASSERT_EQ(told(matches_of(matcher, content)), expected)
            << "seed " << seed << "\n" << source << hex(content);
        ASSERT_EQ(told_in_chunks(matcher, content, generator.random()), expected)
            << "seed " << seed << "\n" << source << hex(content);
        count.pairs += rules.size();
        count.matches += static_cast<std::size_t>(std::count(expected.begin(), expected.end(), '@'));
    }
}

TEST(Agreement, WithTheNaiveMatcher) {
    Count count;
    for (std::uint32_t seed = 1; seed <= rounds() && !testing::Test::HasFatalFailure(); ++seed) {
        one_round(seed, count);
    }
    std::cout << count.pairs << " pairs, " << count.matches << " matches\n";
    // The generator must make both matches and misses, or the test says nothing.
    EXPECT_GT(count.matches, count.pairs / 200);
    EXPECT_LT(count.matches, count.pairs / 2);
}

}  // namespace
}  // namespace postern::signatures::tests
