// SPDX-License-Identifier: Apache-2.0
// Logical signatures: what each feature finds, and its near misses; what is refused, with its place.
#include "support.h"

#include <chrono>

namespace postern::signatures::tests {
namespace {

using namespace std::string_literals;

constexpr std::string_view any = "Engine:81-255,Target:0";

std::string line(std::string_view rest, std::string_view description = any) {
    return "L;" + std::string(description) + ';' + std::string(rest) + '\n';
}

bool finds(std::string_view rest, std::string_view content, std::string_view description = any,
           Target target = Target::other) {
    Matcher matcher(set_of("t.ldb", line(rest, description)));
    return !matches_of(matcher, content, target).empty();
}

struct Case {
    std::string signature;
    std::string content;
    bool found;
};

void check(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
        EXPECT_EQ(finds(one.signature, one.content), one.found)
            << one.signature << " in " << hex(one.content);
    }
}

TEST(LogicalSignature, AndOrAndCounts) {
    const std::string two = ";" + hex("alpha") + ';' + hex("bravo");
    check({{"0&1" + two, "..alpha..bravo..", true},
           {"0&1" + two, "..alpha..bravp..", false},
           {"0|1" + two, "..bravo..", true},
           {"0|1" + two, "..bravn..", false},
           {"0>1&1" + two, "alpha alpha bravo", true},
           {"0>1&1" + two, "alpha bravo", false},
           {"0=2&1" + two, "alpha alpha alpha bravo", false},
           {"(0|1)>2,2" + two, "alpha alpha bravo", true},
           {"(0|1)>2,2" + two, "alpha alpha alpha", false},
           {"0&(1=0)" + two, "alpha", true},
           {"0&(1=0)" + two, "alpha bravo", false},
           // Nothing that must be there: tried on every content.
           {"0=0;" + hex("alpha"), "bravo", true},
           {"0=0;" + hex("alpha"), "alpha", false},
           // Matches that overlap count.
           {"0=3;c1c1", "\xc1\xc1\xc1\xc1", true},
           {"0=2;c1c1", "\xc1\xc1\xc1\xc1", false},
           // Of several parts, each place of the last one that completes a match.
           {"0=2;6161{1-20}6262", "aa.bb.bb", true},
           {"0=2;6161{1-2}6262", "aa.bb.bb", false},
           {"0=2;6161*6262", "bb.aa.bb.bb", true}});
}

TEST(LogicalSignature, Caseless) {
    const std::string body = "0;" + hex("Create[") + "::i";
    check({{body, "xxCREATE[", true},
           {body, "xxcreate[", true},
           {body, "xxcreatf[", false},
           {body, "xxcreate{", false},  // [ and { differ by the same bit as letters do
           {"0;(61|62)636465::i", "ACDE", true},
           {"0;(6162|63)6465::i", "aBdE", true},
           {"0;!(61|62)636465::i", "ACDE", false},
           {"0;!(61|62)636465::i", "XCDE", true},
           {"0;6?6263::i", "abc", true},
           {"0;6?6263::i", "Abc", false}});
}

TEST(LogicalSignature, Wide) {
    const std::string wide = "a\0b\0c\0d\0"s;
    check({{"0;61626364::w", wide, true},
           {"0;61626364::w", "abcd", false},
           {"0;61626364::w", "A\0B\0C\0D\0"s, false},
           {"0;61626364::iw", "A\0B\0C\0D\0"s, true},
           {"0;61626364::wa", "abcd", true},
           {"0=2;61626364::aw", wide + "abcd", true},
           {"0=2;61626364::w", wide + "abcd", false},
           {"0;6162{2}6364::w", "a\0b\0..c\0d\0"s, true},
           {"0;6162??6364::w", "a\0b\0x\0c\0d\0"s, true},
           {"0;6162??6364::w", "a\0b\0xyc\0d\0"s, false},
           {"0;(61|7a)626364::w", wide, true}});
}

TEST(LogicalSignature, WholeWords) {
    const std::string wide = "a\0b\0c\0d\0"s;
    check({{"0;61626364::f", "-abcd-", true},
           {"0;61626364::f", "xabcd-", false},
           {"0;61626364::f", "-abcd7", false},
           {"0;61626364::f", "abcd", true},
           {"0;61626364::wf", "-\0"s + wide + "-\0"s, true},
           {"0;61626364::wf", "x\0"s + wide + "-\0"s, false},
           {"0;61626364::wf", "-\0"s + wide + "x\0"s, false},
           {"0;61626364::wf", "x\1"s + wide + "-\1"s, true},
           {"0;61626364::wf", "\1\1"s + wide + "x", false}});
}

TEST(LogicalSignature, Offsets) {
    check({{"0;4:61626364", "....abcd", true},
           {"0;4:61626364", "...abcd", false},
           {"0;4,2:61626364", "......abcd", true},
           {"0;4,2:61626364", ".......abcd", false},
           {"0;EOF-4:61626364", "...abcd", true},
           {"0;EOF-4:61626364", "...abcd.", false},
           {"0;4:61626364::i", "....ABCD", true},
           {"0&1;4:61626364;0:5858", "XX..abcd", true},
           {"0&1;4:61626364;0:5858", "YXX.abcd", false}});
}

TEST(LogicalSignature, Regexes) {
    const std::string t = ";" + hex("TRIG") + ";";
    check({{"0&1" + t + "0/ab.d/", "TRIG abcd", true},
           {"0&1" + t + "0/ab.d/", "TRIX abcd", false},
           {"0&1" + t + "0/AB.D/", "TRIG abcd", false},
           {"0&1" + t + "0/AB.D/i", "TRIG abcd", true},
           {"0&1" + t + "0/AB.D/::i", "TRIG abcd", true},
           {"0&1" + t + "0/a.d/", "TRIG a\nd", false},
           {"0&1" + t + "0/a.d/s", "TRIG a\nd", true},
           {"0&1" + t + "0/^a/", "TRIG\na", false},
           {"0&1" + t + "0/^a/m", "TRIG\na", true},
           {"0&1" + t + "0/a;b/", "TRIG a;b", true},
           {"0&1" + t + "0/a\\/b/", "TRIG a/b", true},
           // One match counts, or all of them.
           {"0&(1>1)" + t + "0/ab/", "TRIG abab", false},
           {"0&(1>1)" + t + "0/ab/g", "TRIG abab", true},
           {"0&(1=2)" + t + "0/aa/g", "TRIG aaaaa", true},
           {"0&(1=5)" + t + "0/x*/g", "TRIG", true},  // empty ones take a step
           // A trigger that does not hold: the regex counts as absent.
           {"1=0&0" + t + "0>1/ab/", "TRIG ab", true},
           {"1&0" + t + "0>1/ab/", "TRIG ab", false}});
}

TEST(LogicalSignature, RegexesAtOffsets) {
    const std::string t = "0&1;" + hex("TRIG") + ";";
    const std::string eight(8, '\0');
    check({{t + "8:0/abcd/", eight + "abcdTRIG", true},
           {t + "8:0/abcd/", eight + ".abcdTRIG", false},
           {t + "8:0/abcd/r", eight + "......abcdTRIG", true},
           {t + "8:0/abcd/r", eight.substr(1) + "abcdTRIG", false},
           {t + "8,2:0/abcd/", eight + "..abcdTRIG", true},
           {t + "8,2:0/abcd/", eight + "...abcdTRIG", false},
           {t + "8,2:0/abcd/r", eight + "...abcdTRIG", false},
           {t + "8,6:0/abcd/e", eight + "..abcdTRIG", true},
           {t + "8,6:0/abcd/e", eight + "...abcdTRIG", false},
           {t + "8:0/^abcd/", eight + "abcdTRIG", true},
           {t + "8:0/(?<=\\x00)abcd/", eight + "abcdTRIG", false},
           {t + "EOF-8:0/abcd/", eight + "abcdTRIG", true},
           {t + "EOF-8:0/abcd/", eight + "abcd.TRIG", false}});
}

TEST(LogicalSignature, ByteComparisons) {
    const std::string v = "0&1;" + hex("VALU") + ";";
    check({{v + "0(>>4#ib1#=1)", "VALU\1", true},
           {v + "0(>>4#ib1#=1)", "VALU\2", false},
           {v + "0(>>4#ib1#=1)", "VALU", false},
           {v + "0(>>4#ib1#=1)", "VALU\2VALU\1", true},  // beside the last one
           {v + "0(>>4#ib1#=1)", "VALU\1VALU\2", false},
           {v + "0(>>4#ib1#>1)", "VALU\2", true},
           {v + "0(>>4#ib1#>0,<2)", "VALU\1", true},
           {v + "0(>>4#ib1#>0,<2)", "VALU\2", false},
           {v + "0(<<1#ib1#=255)", "\xffVALU", true},
           {v + "0(<<1#ib1#=255)", "VALU", false},
           {v + "0(>>4#ib4#=255)", "VALU\0\0\0\xff"s, true},
           {v + "0(>>4#il4#=0xff)", "VALU\xff\0\0\0"s, true},
           {v + "0(>>4#hb4#=255)", "VALU00ff|", true},
           {v + "0(>>4#hb4#=255)", "VALUff|.", true},
           {v + "0(>>4#hbe4#=255)", "VALUff|.", false},
           {v + "0(>>4#hbe4#=255)", "VALU0xff", true},
           {v + "0(>>4#hb4#=255)", "VALUff", false},  // not all octets are there
           {v + "0(>>4#hl4#=255)", "VALUff00", true},
           {v + "0(>>4#db4#=255)", "VALU 255", true},
           {v + "0(>>4#dbe4#=255)", "VALU 255", false},
           {v + "0(>>4#ab4#=255)", "VALU0xff", true},
           {v + "0(>>4#ab4#=255)", "VALU-255", false},
           {v + "0(>>4#db3#<1)", "VALUzzz", true},  // no digit is zero
           {v + "0(>>4#dbe3#<1)", "VALUzzz", false}});
}

TEST(LogicalSignature, DescriptionsAdmit) {
    const std::string body = "0;" + hex("needle");
    const std::string_view content = "a needle in it";  // 14 octets
    EXPECT_TRUE(finds(body, content, "Engine:81-255,FileSize:14-14,Target:0"));
    EXPECT_FALSE(finds(body, content, "Engine:81-255,FileSize:15-99,Target:0"));
    EXPECT_FALSE(finds(body, content, "Engine:81-255,FileSize:0-13,Target:0"));
    EXPECT_TRUE(finds(body, content, "Target:2", Target::ole2));
    EXPECT_FALSE(finds(body, content, "Target:2", Target::pe));
    EXPECT_FALSE(finds(body, content, "Engine:81-255,Target:1,EntryPoint:1-2", Target::pe));
}

TEST(LogicalSignature, Containers) {
    const auto found = [](std::string_view description, std::vector<ContentType> around) {
        Matcher matcher(set_of("t.ldb", line("0;" + hex("needle"), description)));
        return !matcher.match({octets("a needle"), Target::other, Alphabet::octets, around}).empty();
    };
    using enum ContentType;
    const std::string begin = "Engine:81-255,Target:0,";
    EXPECT_TRUE(found(begin + "Container:CL_TYPE_ZIP", {zip, mail}));
    EXPECT_FALSE(found(begin + "Container:CL_TYPE_ZIP", {mail, zip}));
    EXPECT_FALSE(found(begin + "Container:CL_TYPE_ZIP", {}));
    EXPECT_TRUE(found(begin + "Container:CL_TYPE_ANY", {}));
    EXPECT_FALSE(found(begin + "Container:CL_TYPE_ANY", {mail}));
    EXPECT_TRUE(found(begin + "Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP", {zip, mail}));
    EXPECT_TRUE(found(begin + "Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP", {zip, mail, rar}));
    EXPECT_FALSE(found(begin + "Intermediates:CL_TYPE_ZIP>CL_TYPE_MAIL", {zip, mail}));
    EXPECT_FALSE(found(begin + "Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP", {zip}));
    EXPECT_TRUE(found(begin + "Intermediates:CL_TYPE_MAIL>CL_TYPE_ANY", {mail, zip}));
    EXPECT_FALSE(found(begin + "Intermediates:CL_TYPE_MAIL>CL_TYPE_ANY", {zip, mail}));
    EXPECT_FALSE(found(begin + "Intermediates:CL_TYPE_ANY>CL_TYPE_ANY", {zip}));
}

TEST(LogicalSignature, WhereItMatched) {
    const auto told_of = [](std::string_view rest, std::string_view content) {
        Matcher matcher(set_of("t.ldb", line(rest)));
        return told(matches_of(matcher, content));
    };
    const std::string two = ";" + hex("alpha") + ';' + hex("bravo");
    EXPECT_EQ(told_of("0&1" + two, "..bravo.alpha.alpha"), "L@8+5");
    EXPECT_EQ(told_of("0|1" + two, "..bravo"), "L@2+5");
    EXPECT_EQ(told_of("0=0;" + hex("alpha"), "bravo"), "L@0+0");
}

std::string complaint(std::string_view source) {
    SetBuilder builder;
    builder.add_text("t.ldb", source);
    std::string text;
    for (const Diagnostic& diagnostic : builder.diagnostics()) text += to_string(diagnostic) + '\n';
    return text;
}

TEST(LogicalSignature, WhatIsWrongIsToldWithItsPlace) {
    EXPECT_EQ(complaint("L;Target:0;0;6161;6262").substr(0, 16), "t.ldb:1:12: erro");
    EXPECT_EQ(complaint("L;Target:0;0&1;6161;62x2").substr(0, 16), "t.ldb:1:23: erro");
    for (const char* wrong :
         {"L;Target:0;0", "L;Target:0;0;", "L;Target:0;0;6161;", "L;Target:0;0&1;6161",
          ";Target:0;0;6161", "L;Target:0;;6161", "L;Engine:81-255;0;6161", "L;;0;6161",
          "L;Target:0,Engine:81-255;0;6161", "L;FileSize:1-2,Target:0;0;6161",
          "L;Engine:81-255,Target:0,FileSize:20;0;6161", "L;Engine:81-255,Target:x;0;6161",
          "L;Engine:81-255,Target:0,EntryPoint:1-2;0;6161", "L;Engine:81-255,Target:0,;0;6161",
          "L;Target:0;0;6161::z", "L;Target:0;0;EP+0:61616161", "L;Target:0;0&1;6161;0/a(/",
          "L;Target:0;0&1;6161;0/a/q", "L;Target:0;0&1;6161;1/a/", "L;Target:0;0;0/a/",
          "L;Target:0;0&1;6161;0/a", "L;Target:0;0&1;6161;0//", "L;Target:0;0&1;6161;1(>>0#ib1#=1)",
          "L;Target:0;0&1;6161;0(>>0#ib3#=1)", "L;Target:0;0&1;6161;0(>>0#q1#=1)",
          "L;Target:0;0&1;6161;9(>>0#ib1#=1)", "L;Target:0;0;!(6161|6262)63::i"}) {
        EXPECT_NE(complaint(wrong).find(": error: "), std::string::npos) << wrong;
    }
}

TEST(LogicalSignature, WhatIsUnsupportedIsNamed) {
    const std::vector<std::pair<std::string, std::string>> lines{
        {"L;Target:15;0;6161", "target 15"},
        {"L;Engine:300-400,Target:0;0;6161", "functionality levels"},
        {"L;Engine:81-255,Target:0,Foo:1;0;6161", "Foo"},
        {"L;Engine:81-255,Target:0,Container:CL_TYPE_FOO;0;6161", "CL_TYPE_FOO"},
        {"L;Engine:81-255,Target:0,HandlerType:CL_TYPE_RTF;0;6161", "HandlerType"},
        {"L;Engine:81-255,Target:1,IconGroup1:X;0;6161", "IconGroup"},
        {"L;Target:0;0;fuzzy_img#af2ad01ed42993c7", "fuzzy"},
        {"L;Target:0;0&1;6161;${6-7}12$", "macro"}};
    for (const auto& [source, reason] : lines) {
        const std::string text = complaint(source);
        EXPECT_NE(text.find(": unsupported: "), std::string::npos) << source << text;
        EXPECT_NE(text.find(reason), std::string::npos) << source << text;
    }
}

TEST(LogicalSignature, IgnoredNamesAndGeneration) {
    const auto built = [](std::vector<std::pair<std::string, std::string>> sources) {
        SetBuilder builder;
        for (const auto& [name, text] : sources) builder.add_text(name, text);
        return builder.build(1);
    };
    const std::string a = "A;Target:0;0;61616161\n";
    const std::string b = "B;Target:0;0;62626262\n";
    EXPECT_EQ(built({{"t.ldb", a + b}})->generation(), built({{"u.ldb", b}, {"v.ldb", a}})->generation());
    EXPECT_NE(built({{"t.ldb", a + b}})->generation(), built({{"t.ldb", a}})->generation());
    const auto set = built({{"t.ldb", a + b}, {"x.ign2", "A\n"}});
    EXPECT_EQ(set->statistics().ignored, 1u);
    EXPECT_EQ(set->statistics().logical_signatures, 1u);
    EXPECT_EQ(set->generation(), built({{"t.ldb", b}})->generation());
}

// A regex that is made to backtrack is stopped, and that is told.
TEST(LogicalSignature, ARegexIsBounded) {
    Matcher matcher(set_of("t.ldb", line("0&1;" + hex("TRIG") + ";0/(a+a+)+b/")));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(matches_of(matcher, "TRIG" + std::string(20000, 'a') + "cb").empty());
    EXPECT_EQ(matcher.regexes_given_up(), 1u);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
    EXPECT_EQ(told(matches_of(matcher, "TRIG aab")), "L@0+4");
}

}  // namespace
}  // namespace postern::signatures::tests
