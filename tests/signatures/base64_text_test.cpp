// SPDX-License-Identifier: Apache-2.0
// What encoded text can hold, and finding it by samples: against looking at every place.
#include "signatures/base64_text.h"
#include "signatures/clamav/body_parser.h"
#include "signatures/sampled_texts.h"
#include "support.h"

#include <algorithm>
#include <set>

namespace postern::signatures::tests {
namespace {

using Hits = std::multiset<std::pair<std::uint32_t, std::size_t>>;

struct Recorder final : HitSink {
    Hits hits;
    void hit(std::uint32_t literal, std::size_t end) override { hits.insert({literal, end}); }
};

std::string letters(Random& random, std::size_t n) {
    std::string text;
    while (text.size() < n) text += "ABCDEFGHab+/"[random.below(12)];
    return text;
}

TEST(SampledTexts, FindEveryPlaceOnce) {
    std::size_t found = 0;
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        Random random(seed);
        const std::string content = letters(random, random.below(600));
        std::vector<SampledText> texts;
        const std::size_t least = 8 + random.below(8);
        for (std::uint32_t i = 0; i < 40; ++i) {
            std::string text = letters(random, least + random.below(longest_sampled - least + 1));
            if (content.size() > text.size() && !random.one_in(3)) {
                text = content.substr(random.below(content.size() - text.size() + 1), text.size());
            }
            texts.push_back({text, i, static_cast<std::uint32_t>(random.below(5))});
        }
        Hits expected;
        for (const SampledText& text : texts) {
            for (auto at = content.find(text.text); at != content.npos;
                 at = content.find(text.text, at + 1)) {
                expected.insert({text.literal, at + text.text.size() - text.tail});
            }
        }
        const SampledTexts sampled = SampledTexts::take_from(texts);
        EXPECT_TRUE(texts.empty()) << "seed " << seed;
        Recorder recorder;
        sampled.scan(octets(content), recorder);
        ASSERT_EQ(recorder.hits, expected) << "seed " << seed;
        found += expected.size();
    }
    EXPECT_GT(found, 2000u);
}

TEST(SampledTexts, LeaveWhatIsShortOrAlike) {
    std::vector<SampledText> texts{{"seven77", 1, 0}, {"long enough to be", 2, 0}};
    for (std::uint32_t i = 0; i < 90; ++i) {
        texts.push_back({"AAAAAAAA" + std::to_string(1000 + i), 3 + i, 0});
    }
    SampledTexts::take_from(texts);
    EXPECT_TRUE(std::any_of(texts.begin(), texts.end(), [](auto& t) { return t.literal == 1; }));
    EXPECT_FALSE(std::any_of(texts.begin(), texts.end(), [](auto& t) { return t.literal == 2; }));
    EXPECT_GT(texts.size(), 40u);
}

std::size_t reach(std::string_view pattern, Window anchor) {
    const auto parsed = clamav::parse_body(pattern);
    EXPECT_FALSE(parsed.error) << pattern;
    return reach_out_of_base64(parsed.body.parts.at(0).elements, anchor);
}

TEST(Base64Text, TellsHowFarAPartReaches) {
    EXPECT_EQ(reach(hex("anchor"), {0, 6}), anywhere_inside);
    EXPECT_EQ(reach(hex("anchor-"), {0, 6}), 7u);
    EXPECT_EQ(reach(hex("-anchor.."), {1, 6}), 7u);
    EXPECT_EQ(reach(hex("anchor") + "(2d|41)", {0, 6}), anywhere_inside);
    EXPECT_EQ(reach(hex("anchor") + "(2d|2e2e)", {0, 6}), 8u);
    EXPECT_EQ(reach(hex("anchor") + "!(41|42)", {0, 6}), anywhere_inside);
    EXPECT_EQ(reach(hex("anchor") + "{9}8?", {0, 6}), 16u);
    EXPECT_EQ(reach(hex("anchor") + "4?", {0, 6}), anywhere_inside);
    EXPECT_EQ(reach(hex("anchor") + "(41|4242)" + hex("a-"), {0, 6}), 10u);
    EXPECT_EQ(reach("2d[2-5]" + hex("anchor"), {0, 6}), 12u);
    EXPECT_EQ(reach(hex("anchor") + "[2-5]2d", {0, 6}), 12u);
}

}  // namespace
}  // namespace postern::signatures::tests
