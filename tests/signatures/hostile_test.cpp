// SPDX-License-Identifier: Apache-2.0
// Contents and sources made to be slow: each must stay within a time that a quadratic way would miss by far.
// The bounds are wide, for slow machines and sanitizers.
#include "signatures/clamav/body_parser.h"
#include "support.h"

#include <chrono>

namespace postern::signatures::tests {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t scale = 10;
#else
constexpr std::size_t scale = 1;
#endif

double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string repeated(std::string_view piece, std::size_t size) {
    std::string text;
    text.reserve(size + piece.size());
    while (text.size() < size) text += piece;
    return text;
}

struct Hostile {
    const char* what;
    std::string pattern;
    std::string piece;
    const char* told;
};

TEST(Hostile, ContentOfNothingButAnchors) {
    const Hostile cases[] = {
        {"single part, never whole", hex("anchor::") + "ff", "anchor::", ""},
        {"single part, always whole", hex("anchor::"), "anchor::", "X@0+8"},
        {"two parts, the second never there", hex("anchor::") + "*ff00ff", "anchor::", ""},
        {"two parts, never near enough", hex("ab") + "{3-5}" + hex("ab"), "abxx", ""},
        {"two parts, each everywhere", hex("aa") + "{-5}" + hex("aab"), "a", ""},
        {"flood of one octet", "00000000000000000000" "01", std::string(1, '\0'), ""},
        {"many parts", hex("aa") + "{1-9}" + hex("aa") + "{1-9}" + hex("aa") + "{2-}" + hex("ac"),
         "a", ""},
        {"alternatives of many lengths",
         hex("ab") + "(61|6162|616263|(62|6261)62)" + "{1-70}" + hex("zz"), "ab", ""},
        {"slow lane", "61??61??62", "a", ""},
    };
    for (const Hostile& one : cases) {
        Matcher matcher(set_of("t.ndb", "X:14:*:" + one.pattern + "\n"));
        const std::string content = repeated(one.piece, (std::size_t{20} << 20) / scale);
        std::string answer;
        const double taken = seconds_of([&] { answer = told(matches_of(matcher, content)); });
        EXPECT_EQ(answer, one.told) << one.what;
        EXPECT_LT(taken, 10.0) << one.what;
        std::cout << one.what << ": " << taken << " s\n";
    }
}

TEST(Hostile, ThousandsOfSignaturesBehindOneHotAnchor) {
    std::string source;
    for (int i = 0; i < 5000; ++i) {
        source += numbered("S", i) + ":0:*:" + hex("anchor::" + std::to_string(10000 + i)) +
                  "\n";
    }
    Matcher matcher(set_of("t.ndb", source));
    const std::string content = repeated("anchor::", (std::size_t{20} << 20) / scale);
    EXPECT_LT(seconds_of([&] { EXPECT_EQ(told(matches_of(matcher, content)), ""); }), 10.0);
}

TEST(Hostile, SourcesOfAnyKindAreOnlyBadLines) {
    const std::string many_open(60000, '(');
    const std::string cases[] = {
        "X:0:*:6162" + many_open + "\n",
        "X:0:*:" + repeated("(61|62", 60000) + "\n",
        "X:0:*:" + std::string(300000, 'a') + "\n",
        "X:0:*:" + repeated("6161{1-2}", 100000) + "61\n",
        repeated(":", 100000) + "\n",
        repeated("\n", 100000),
        repeated(std::string("a\0b\xff:\n", 6), 100000),
        std::string("\0\0\0\0", 4),
    };
    for (const std::string& text : cases) {
        for (const char* name : {"t.ndb", "t.db", "t.hdb", "t.fp", "t.ign", "t.ign2", "t.none"}) {
            SetBuilder builder;
            EXPECT_LT(seconds_of([&] { builder.add_text(name, text); }), 5.0);
            EXPECT_FALSE(builder.diagnostics().empty() && std::string_view(name) != "t.ign2");
            EXPECT_LT(builder.diagnostics().size(), 1010u);
        }
    }
}

TEST(Hostile, BodiesOfTensOfThousandsOfPieces) {
    const std::string patterns[] = {
        repeated("6162{1-2}", 90000) + "6162",
        repeated("(61|62)", 90000) + "6162",
        repeated("61??", 90000) + "6162",
        repeated("6162{127}", 90000) + "6162",
    };
    for (const std::string& pattern : patterns) {
        ASSERT_FALSE(clamav::parse_body(pattern).error);
        const double taken = seconds_of([&] {
            Matcher matcher(set_of("t.ndb", "X:0:*:" + pattern + "\n"));
            matches_of(matcher, repeated("ab", 5000));
        });
        EXPECT_LT(taken, 10.0) << pattern.substr(0, 20);
    }
}

}  // namespace
}  // namespace postern::signatures::tests
