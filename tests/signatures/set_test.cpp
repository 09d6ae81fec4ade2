// SPDX-License-Identifier: Apache-2.0
// Sets: generations, statistics, folders, and anchors as the statistics and the chooser show them.
#include "signatures/anchor.h"
#include "signatures/base64_text.h"
#include "signatures/clamav/body_parser.h"
#include "signatures/lookup.h"
#include "support.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

namespace postern::signatures::tests {
namespace {

struct Named {
    std::string name;
    std::string text;
};

std::shared_ptr<const SignatureSet> built(const std::vector<Named>& sources, unsigned threads) {
    SetBuilder builder;
    for (const Named& source : sources) builder.add_text(source.name, source.text);
    return builder.build(threads);
}

TEST(Generation, DependsOnContentAlone) {
    std::vector<Named> sources{
        {"a.ndb", "A:0:*:616263\nB:1:*:61626364\nC:7:*:6162??64\n"},
        {"b.ndb", "D:0:*:646566\n"},
        {"c.hdb", "00000000000000000000000000000000:1:H\n00000000000000000000000000000001:1:I\n"},
        {"d.fp", "00000000000000000000000000000002:1:F\n"},
        {"e.ign2", "D\n"},
    };
    const std::string generation(built(sources, 1)->generation());
    EXPECT_EQ(generation.size(), 64u);
    EXPECT_EQ(generation.find_first_not_of("0123456789abcdef"), std::string::npos);
    const auto by_name = [](const Named& a, const Named& b) { return a.name < b.name; };
    do {
        ASSERT_EQ(built(sources, 2)->generation(), generation);
    } while (std::next_permutation(sources.begin(), sources.end(), by_name));
    sources[0].text = "C:7:*:6162??64\nA:0:*:616263\nB:1:*:61626364\nA:0:*:616263\n";
    EXPECT_EQ(built(sources, 1)->generation(), generation);
    sources[0].text = "C:7:*:6162??64\nA:0:*:616263\nB:1:*:61626365\n";
    EXPECT_NE(built(sources, 1)->generation(), generation);
    // A digest that is allowed is another set than one that is looked for.
    const std::string hash = "00000000000000000000000000000000:1:H\n";
    EXPECT_NE(built({{"a.hdb", hash}}, 1)->generation(), built({{"a.fp", hash}}, 1)->generation());
}

TEST(Sets, OneSetServesManyThreads) {
    const auto set = built({{"a.ndb", std::string("A:0:*:") + hex("needle in hay") + "\n"}}, 2);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&set] {
            Matcher matcher(set);
            for (int n = 0; n < 200; ++n) {
                ASSERT_EQ(told(matches_of(matcher, "hay needle in hay")), "A@4+13");
            }
        });
    }
}

TEST(Sets, ReadsTheFilesOfAFolder) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "postern-sets";
    std::filesystem::create_directories(folder / "deep");
    std::ofstream(folder / "a.ndb") << "A:0:*:616263\n";
    std::ofstream(folder / "deep" / "b.hdb") << "00000000000000000000000000000000:1:H\n";
    std::ofstream(folder / "README.txt") << "nothing to read\n";
    SetBuilder builder;
    builder.add_path(folder);
    EXPECT_TRUE(builder.diagnostics().empty());
    const auto set = builder.build();
    EXPECT_EQ(set->statistics().body_signatures, 1u);
    EXPECT_EQ(set->statistics().digest_signatures, 1u);
    std::filesystem::remove_all(folder);
}

std::optional<Anchor> anchor_of(std::string_view pattern, AnchorWish wish = AnchorWish::rarest) {
    const auto parsed = clamav::parse_body(pattern);
    EXPECT_FALSE(parsed.error) << pattern;
    return AnchorChooser().choose(parsed.body, wish);
}

TEST(Anchors, AreEightOfTheRarestOctets) {
    const auto anchor = anchor_of(hex("the and of the ") + "d7b3f1e89ac4527e" + hex(" in the and"));
    ASSERT_TRUE(anchor);
    EXPECT_EQ(hex(anchor->literals.at(0)), "d7b3f1e89ac4527e");
    EXPECT_EQ(anchor->delta, 15u);
    EXPECT_EQ(anchor_of("0000000000000000000000004142434445464748")->delta, 12u);
    EXPECT_EQ(anchor_of("0102??03040506??0708")->literals.at(0).size(), 4u);
    EXPECT_EQ(anchor_of("0102??0304")->literals.at(0).size(), 2u);
    EXPECT_FALSE(anchor_of("01??02??03"));
}

TEST(Anchors, AlternativesAreWrittenOut) {
    EXPECT_EQ(anchor_of("010203(04|05)(06|07)08090a")->literals.size(), 4u);
}

TEST(Anchors, AvoidBase64TextWhereItCosts) {
    const std::string pattern = hex("xqzjkvwq") + hex("zqxj:kvw");
    const auto anchor = anchor_of(pattern, AnchorWish::outside_text);
    EXPECT_FALSE(is_base64_text(anchor->literals.at(0)));
}

TEST(Anchors, ManyBodiesSpreadOverTheirWindows) {
    AnchorChooser chooser;
    std::size_t same = 0;
    const std::string shared = "d7b3f1e89ac4527e";
    for (int i = 0; i < 200; ++i) {
        const std::string own = numbered("own-", static_cast<std::size_t>(10000 + i));
        const auto parsed = clamav::parse_body(shared + hex(own));
        same += hex(chooser.choose(parsed.body, AnchorWish::rarest)->literals[0]) == shared;
    }
    EXPECT_LT(same, 100u);
}

}  // namespace
}  // namespace postern::signatures::tests
