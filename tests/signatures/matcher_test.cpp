// SPDX-License-Identifier: Apache-2.0
// The matcher from source line to match: lanes, targets, offsets, chunks, order.
#include "signatures/matcher.h"

#include "signatures/built_in.h"
#include "support.h"

namespace postern::signatures::tests {
namespace {

TEST(Matcher, FindsEicarAnywhere) {
    SetBuilder builder;
    builder.add_built_in();
    const auto set = builder.build(1);
    Matcher matcher(set);
    const std::string file = eicar_test_file();
    EXPECT_EQ(file.size(), 68u);
    EXPECT_EQ(told(matches_of(matcher, file)), "Eicar-Test-Signature@0+68");
    EXPECT_EQ(told(matches_of(matcher, "text before\r\n" + file, Target::text)),
              "Eicar-Test-Signature@13+68");
    EXPECT_EQ(told(matches_of(matcher, file.substr(0, 67))), "");
    EXPECT_EQ(told(matches_of(matcher, "")), "");
}

TEST(Matcher, TellsOnlySignaturesOfItsTarget) {
    const auto set = set_of("t.ndb", "Any:0:*:" + hex("needle-0") + "\nPe:1:*:" + hex("needle-1") +
                                         "\nText:7:*:" + hex("needle-7") + "\n");
    Matcher matcher(set);
    const std::string content = "needle-0 needle-1 needle-7";
    EXPECT_EQ(told(matches_of(matcher, content, Target::any)), "Any@0+8");
    EXPECT_EQ(told(matches_of(matcher, content, Target::pe)), "Any@0+8 Pe@9+8");
    EXPECT_EQ(told(matches_of(matcher, content, Target::text)), "Any@0+8 Text@18+8");
}

TEST(Matcher, TellsTheLowestOffsetOfEach) {
    const auto set = set_of("t.ndb", "B:0:*:" + hex("repeated") + "\nA:0:*:" + hex("repeated") +
                                         "\nC:0:*:" + hex("rep") + "*" + hex("ted!") + "\n");
    Matcher matcher(set);
    EXPECT_EQ(told(matches_of(matcher, "..repeated repeated! repeated!")), "A@2+8 B@2+8 C@2+18");
}

struct OffsetCase {
    const char* offset;
    const char* content;
    const char* told;
};

class Offsets : public testing::TestWithParam<OffsetCase> {};

TEST_P(Offsets, HoldForTheFirstOctet) {
    const OffsetCase& one = GetParam();
    // Once with an anchor, once too short for one: two lanes, one answer.
    for (const bool is_long : {true, false}) {
        const std::string needle = is_long ? "needle::" : "nd:";
        std::string content;
        for (const char* c = one.content; *c; ++c)
            content += *c == 'N' ? needle : std::string(1, *c);
        const auto set =
            set_of("t.ndb", std::string("X:0:") + one.offset + ":" + hex(needle) + "\n");
        Matcher matcher(set);
        const auto found = matches_of(matcher, content);
        EXPECT_EQ(found.empty() ? "" : std::to_string(found[0].offset), one.told)
            << one.offset << " " << content;
    }
}

INSTANTIATE_TEST_SUITE_P(Table, Offsets,
                         testing::Values(OffsetCase{"*", "..N", "2"}, OffsetCase{"0", "N..", "0"},
                                         OffsetCase{"0", ".N", ""}, OffsetCase{"2", "..NN", "2"},
                                         OffsetCase{"1,2", "N", ""}, OffsetCase{"1,2", ".N", "1"},
                                         OffsetCase{"1,2", "...N", "3"},
                                         OffsetCase{"1,2", "....N", ""}, OffsetCase{"2", "..", ""},
                                         OffsetCase{"900", "N", ""},
                                         OffsetCase{"0,4000000000", "......N", "6"},
                                         OffsetCase{"EOF-900", "N", ""},
                                         OffsetCase{"EOF-900,900", "N", ""}));

TEST(Matcher, CountsOffsetsFromTheEnd) {
    const auto set =
        set_of("t.ndb", "X:0:EOF-10:" + hex("needle::") + "\nY:0:EOF-12,3:" + hex("needle::") +
                            "\nZ:0:EOF-3:" + hex("xyz") + "\n");
    Matcher matcher(set);
    EXPECT_EQ(told(matches_of(matcher, "...needle::..")), "X@3+8 Y@3+8");
    EXPECT_EQ(told(matches_of(matcher, "...needle::.xyz")), "Y@3+8 Z@12+3");
    EXPECT_EQ(told(matches_of(matcher, "xyz")), "Z@0+3");
    EXPECT_EQ(told(matches_of(matcher, "xy")), "");
}

TEST(Matcher, ManySignaturesBehindOneAnchor) {
    std::string source;
    for (int i = 0; i < 3000; ++i) {
        const std::string tail = std::to_string(10000 + i);
        source += "S" + tail + ":0:*:" + hex("sameanch" + tail) + "\n";
        source += "P" + tail + ":0:*:" + hex(tail + "sameanch") + "\n";
    }
    const auto set = set_of("t.ndb", source);
    Matcher matcher(set);
    EXPECT_EQ(told(matches_of(matcher, "..sameanch12345..")), "S12345@2+13");
    EXPECT_EQ(told(matches_of(matcher, "..10077sameanch")), "P10077@2+13");
    EXPECT_EQ(told(matches_of(matcher, "..99999sameanch99999")), "");
}

TEST(Matcher, LooksInTheSlowLaneToo) {
    SetBuilder builder;
    builder.add_text("t.ndb", "Slow:0:*:61??62??63\n");
    const auto set = builder.build(1);
    EXPECT_EQ(set->statistics().slow_signatures, 1u);
    Matcher matcher(set);
    EXPECT_EQ(told(matches_of(matcher, "...a.b.c")), "Slow@3+5");
    EXPECT_EQ(told(matches_of(matcher, "...a.b.d")), "");
}

TEST(Matcher, AnEmptySetFindsNothing) {
    SetBuilder builder;
    Matcher matcher(builder.build());
    EXPECT_EQ(told(matches_of(matcher, "anything")), "");
    EXPECT_TRUE(matcher.match_raw_mail(octets("anything"), {}).empty());
}

TEST(Chunks, CoverTheContentOnce) {
    for (const std::size_t size : {0ul, 1ul, 1ul << 20, (1ul << 20) + 1, 3ul << 20, 12345678ul}) {
        const auto chunks = chunks_of(size);
        ASSERT_FALSE(chunks.empty());
        EXPECT_EQ(chunks.front().begin, 0u);
        EXPECT_EQ(chunks.back().end, size);
        for (std::size_t i = 1; i < chunks.size(); ++i) {
            EXPECT_EQ(chunks[i - 1].end, chunks[i].begin);
        }
    }
}

}  // namespace
}  // namespace postern::signatures::tests
