// SPDX-License-Identifier: Apache-2.0
// Stretches of text are found as a plain loop would, and what crosses their borders is matched.
#include "signatures/alphabet.h"
#include "support.h"

#include <algorithm>

namespace postern::signatures::tests {
namespace {

bool plain_is_text(char c) {
    return (c >= 0x20 && static_cast<unsigned char>(c) <= 0x7f) || (c >= 0x09 && c <= 0x0d);
}

// Runs of text and of anything, each of up to some thousand octets.
std::string patchwork(Random& random) {
    std::string content;
    for (std::size_t runs = 1 + random.below(8); runs > 0; --runs) {
        const bool text = !random.one_in(3);
        for (std::size_t n = random.below(random.one_in(2) ? 60 : 6000); n > 0; --n) {
            content += text ? "the quick\nbrown\tFOX. "[random.below(21)]
                            : static_cast<char>(random.below(256));
        }
    }
    return content;
}

TEST(Alphabets, AreWhatTheirNamesSay) {
    for (unsigned c = 0; c < 256; ++c) {
        const std::string octet(1, static_cast<char>(c));
        const bool text = plain_is_text(octet[0]);
        EXPECT_TRUE(consists_of(octet, Alphabet::octets));
        EXPECT_EQ(consists_of(octet, Alphabet::text), text) << c;
        const bool upper = c >= 'A' && c <= 'Z';
        EXPECT_EQ(consists_of(octet, Alphabet::folded), text && c >= 0x20 && !upper) << c;
        EXPECT_EQ(consists_of("ab" + octet, Alphabet::text), text) << c;
    }
}

TEST(Alphabets, StretchesCoverAllAndTextIsText) {
    Random random(7);
    std::vector<Stretch> stretches;
    std::size_t texts = 0;
    for (int round = 0; round < 300; ++round) {
        const std::string content = patchwork(random);
        const std::size_t begin = content.empty() ? 0 : random.below(content.size());
        find_stretches(octets(content), begin, content.size(), stretches);
        std::size_t at = begin;
        for (const Stretch& stretch : stretches) {
            ASSERT_EQ(stretch.begin, at);
            ASSERT_LT(stretch.begin, stretch.end);
            at = stretch.end;
            if (stretch.alphabet != Alphabet::text) continue;
            ++texts;
            const auto text = std::string_view(content).substr(stretch.begin, at - stretch.begin);
            ASSERT_TRUE(std::all_of(text.begin(), text.end(), plain_is_text));
        }
        ASSERT_EQ(at, content.size());
    }
    EXPECT_GT(texts, 100u);
}

// Needles of every alphabet, planted where stretches meet and elsewhere; the truth is a search.
TEST(Alphabets, LoseNothingAtBorders) {
    const std::vector<std::string> needles = {
        "quick\nbrown\tFOX.", "all lower case here", "tail \x01\xfe\xfd\xfc\xfb\xfa\xf9\xf8 head",
        "\xff\x80\x81\x82 only octets \x03\x04", "Qx4", "\x90\x90\xeb"};
    std::string source;
    for (std::size_t i = 0; i < needles.size(); ++i) {
        source += numbered("N", i) + ":0:*:" + hex(needles[i]) + "\n";
    }
    // So many more of no alphabet that text has a prefilter of its own.
    for (int i = 0; i < 60; ++i) source += numbered("B", i) + ":0:*:" + hex(numbered("\x02\x03\xf3", i)) + "\n";
    Matcher matcher(set_of("t.ndb", source));
    Random random(11);
    std::size_t found = 0;
    for (int round = 0; round < 400; ++round) {
        std::string content = patchwork(random);
        for (std::size_t n = random.below(4); n > 0; --n) {
            const std::string& needle = needles[random.below(needles.size())];
            const std::size_t near = random.below(content.size() / 1024 + 1) * 1024;
            const std::size_t at = near + random.below(24);
            content.insert(std::min(content.size(), at > 12 ? at - 12 : at), needle);
        }
        std::string expected;
        for (std::size_t i = 0; i < needles.size(); ++i) found += content.find(needles[i]) != content.npos;
        for (const Match& match : matches_of(matcher, content)) {
            const std::size_t number = std::stoul(std::string(match.name.substr(1)));
            ASSERT_EQ(match.name[0], 'N');
            ASSERT_EQ(match.offset, content.find(needles.at(number)));
            --found;
        }
        ASSERT_EQ(found, 0u) << "round " << round;
    }
}

// A promise that holds changes nothing but the time.
TEST(Alphabets, AFoldedSubjectMatchesTheSame) {
    const auto set = set_of("t.ndb", "Lower:0:*:" + hex("plain words here") + "\nText:7:*:" +
                                         hex("more words there") + "\nUpper:0:*:" + hex("Plain WORDS") + "\n");
    Matcher matcher(set);
    const std::string content = "some plain words here, more words there and so on";
    Candidates candidates;
    const Subject folded{octets(content), Target::text, Alphabet::folded};
    matcher.scan(folded, {0, content.size()}, candidates);
    EXPECT_EQ(told(matcher.finish(folded, candidates)), told(matches_of(matcher, content, Target::text)));
    EXPECT_EQ(told(matches_of(matcher, content, Target::text)), "Lower@5+16 Text@23+16");
}

}  // namespace
}  // namespace postern::signatures::tests
