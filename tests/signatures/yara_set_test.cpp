// SPDX-License-Identifier: Apache-2.0
// YARA rules in a set: loading what is right beside what is wrong, ignoring, order, bounds.
#include "tests/signatures/support.h"
#include "tests/support/command.h"

#include <fstream>

namespace postern::signatures {
namespace {

using tests::octets;

struct Loaded {
    std::shared_ptr<const SignatureSet> set;
    std::vector<std::string> diagnostics;
    std::vector<std::string> warnings;
};

// libyara warns of slow strings: that stops nothing.
void tell(const Diagnostics& diagnostics, Loaded& loaded) {
    for (const Diagnostic& diagnostic : diagnostics) {
        auto& told =
            diagnostic.severity == Severity::warning ? loaded.warnings : loaded.diagnostics;
        told.push_back(to_string(diagnostic));
    }
}

Loaded load(std::initializer_list<std::pair<std::string_view, std::string>> sources) {
    SetBuilder builder;
    for (const auto& [name, text] : sources) builder.add_text(name, text);
    Loaded loaded;
    loaded.set = builder.build(1);
    tell(builder.diagnostics(), loaded);
    return loaded;
}

Loaded load_path(const std::filesystem::path& path) {
    SetBuilder builder;
    builder.add_path(path);
    Loaded loaded;
    loaded.set = builder.build(1);
    tell(builder.diagnostics(), loaded);
    return loaded;
}

std::string rule(std::string_view name, std::string_view text) {
    return "rule " + std::string(name) + " { strings: $a = \"" + std::string(text) +
           "\" condition: $a }\n";
}

std::string found(const Loaded& loaded, std::string_view content) {
    Matcher matcher(loaded.set);
    yara::RuleSubject subject;
    subject.bytes = octets(content);
    const yara::RuleMatches matches = matcher.match_rules(subject);
    EXPECT_EQ(matches.outcome, yara::RuleOutcome::whole);
    return tests::told(matches.matches);
}

TEST(YaraSet, ARuleIsFoundAtItsLowestMatch) {
    const Loaded loaded = load({{"a.yar",
                                 "rule two { strings: $a = \"late\" $b = \"early!\" condition: all "
                                 "of them }\n"
                                 "rule sized { condition: filesize > 3 }"}});
    EXPECT_EQ(found(loaded, "  early! late"), "YARA.sized@0+13 YARA.two@2+6");
    EXPECT_EQ(found(loaded, "ear"), "");
    EXPECT_EQ(loaded.set->statistics().yara_rules, 2u);
    EXPECT_TRUE(loaded.set->has_rules());
}

TEST(YaraSet, ASetWithoutRulesFindsNothing) {
    const Loaded loaded = load({{"a.ndb", "Other.Name:0:*:6576696c6576696c"}});
    EXPECT_FALSE(loaded.set->has_rules());
    EXPECT_EQ(found(loaded, "evilevil"), "");
}

TEST(YaraSet, PrivateRulesAreNotReportedAndGlobalOnesHold) {
    const Loaded loaded = load({{"a.yar",
                                 "private rule hidden { strings: $a = \"abc\" condition: $a }\n"
                                 "global rule small { condition: filesize < 10 }\n"
                                 "rule shown { condition: hidden }"}});
    EXPECT_EQ(found(loaded, "xabc"), "YARA.shown@0+4 YARA.small@0+4");
    EXPECT_EQ(found(loaded, "xabc and much more"), "");
    EXPECT_EQ(loaded.set->statistics().yara_rules, 2u);
}

TEST(YaraSet, AGlobalRuleHoldsInItsOwnFileAlone) {
    const Loaded loaded = load({{"a.yar", "global rule never { condition: false }\n" + rule("a", "abc")},
                                {"b.yar", rule("a", "abc")}});
    EXPECT_EQ(found(loaded, "abc"), "YARA.a@0+3");
    EXPECT_TRUE(loaded.diagnostics.empty());
}

TEST(YaraSet, OneNameInTwoFilesIsNoConflict) {
    const Loaded loaded = load({{"a.yar", rule("same", "abc")}, {"b.yara", rule("same", "xyz")}});
    EXPECT_EQ(found(loaded, "abcxyz"), "YARA.same@0+3 YARA.same@3+3");
    EXPECT_TRUE(loaded.diagnostics.empty());
}

TEST(YaraSet, ARuleThatStandsInTwoFilesIsLoadedOnce) {
    const Loaded loaded = load({{"a.yar", rule("same", "abc") + rule("b", "b")},
                                {"b.yar", rule("same", "abc") + rule("c", "c")}});
    EXPECT_EQ(loaded.set->statistics().yara_rules, 3u);
}

TEST(YaraSet, TheOthersOfAFileLoadBesideAWrongOne) {
    const Loaded loaded = load(
        {{"a.yar", rule("first", "one") + "rule wrong {\n  strings:\n    $a = \"two\"\n"
                                          "  condition: $a and $missing\n}\n" +
                       "rule needs { condition: wrong or first }\n" +
                       "rule uses { condition: first }\n" + rule("last", "three")}});
    EXPECT_EQ(found(loaded, "one two three"), "YARA.first@0+3 YARA.uses@0+13 YARA.last@8+5");
    ASSERT_EQ(loaded.diagnostics.size(), 2u);
    EXPECT_EQ(loaded.diagnostics[0],
              "a.yar:5:21: error: rule wrong: undefined string \"$missing\": define it under "
              "strings or leave it out of the condition");
    EXPECT_EQ(loaded.diagnostics[1].substr(0, 60),
              "a.yar:7:25: error: rule needs: undefined identifier \"wrong\":");
    EXPECT_EQ(loaded.set->statistics().errors, 2u);
}

// What is never closed costs one rule, or what stands between two.
TEST(YaraSet, BrokenTextCostsNoNeighbour) {
    const char* broken[] = {
        "rule b { condition: true",
        "rule b { strings: $a = \"open\n condition: $a }",
        "rule b { strings: $a = /open\n condition: $a }",
        "rule b { strings: $a = { 41 4 } condition: $a }",
        "rule b { strings: $a = { 41 [ } condition: $a }",
        "rule b : { condition: true }",
        "rule b",
        "rule",
        "}",
        "{ 41 42 }",
        "import",
        "import 5",
        "rule b { condition: ((((true }",
        "rule b { condition: } }",
        "\x01\x02\xff",
        "include \"nothing.yar\"",
        "rule b { /* } */ // }\n condition: undefined_thing }",
        "rule b { strings: $ = \"\\q\" condition: any of them }",
    };
    for (const char* text : broken) {
        SCOPED_TRACE(text);
        const Loaded loaded =
            load({{"a.yar", rule("first", "one") + text + "\n" + rule("last", "two")}});
        EXPECT_EQ(found(loaded, "one two"), "YARA.first@0+3 YARA.last@4+3");
        EXPECT_FALSE(loaded.diagnostics.empty());
    }
}

// The same with nothing wrong in it: bodies that mislead whoever looks for braces alone.
TEST(YaraSet, MisleadingTextIsRight) {
    const char* right[] = {
        "rule b { strings: $a = \"}\" $b = \"rule x {\" condition: any of them }",
        "rule b { strings: $a = \"\\\"}\" condition: $a }",
        "rule b { strings: $a = /}\\/{2}[\"]/ condition: $a }",
        "rule b { strings: $a = { 41 /* } */ 42 // }\n 43 } condition: $a }",
        "rule b { meta: rule_x = \"import\" condition: true } // rule c {",
        "/* rule c { */ rule b { condition: true }",
        "private global rule b : tag { condition: true }",
        "rule b { strings: $a = \"x\" private condition: $a }",
        "rule b { strings: $a = { 41 ( 42 | 43 ?? ) [2-4] 4? } condition: $a }",
        "rule b { condition: 6 \\ 2 == 3 }",
    };
    for (const char* text : right) {
        SCOPED_TRACE(text);
        const Loaded loaded =
            load({{"a.yar", rule("first", "one") + text + "\n" + rule("last", "two")}});
        EXPECT_TRUE(loaded.diagnostics.empty()) << loaded.diagnostics.front();
        EXPECT_NE(found(loaded, "one two").find("YARA.last@4+3"), std::string::npos);
    }
}

TEST(YaraSet, AnUnknownModuleIsUnsupportedAndSoIsWhoNeedsIt) {
    const Loaded loaded = load({{"a.yar", "import \"androguard\"\nimport \"pe\"\n"
                                          "rule needs { condition: androguard.x() }\n" +
                                              rule("other", "abc") +
                                              "rule field { condition: pe.no_such == 1 }\n"}});
    EXPECT_EQ(found(loaded, "abc"), "YARA.other@0+3");
    EXPECT_EQ(loaded.set->statistics().errors, 0u);
    EXPECT_EQ(loaded.set->statistics().unsupported, 3u);
    ASSERT_EQ(loaded.diagnostics.size(), 3u);
    EXPECT_EQ(loaded.diagnostics[0], "a.yar:1:9: unsupported: unknown module \"androguard\"");
}

// libyara 4.2 compiles it, and then fails for every rule and content.
TEST(YaraSet, CountingInARangeIsUnsupported) {
    const Loaded loaded = load(
        {{"a.yar", "rule bad { strings: $a = \"abc\" condition: #a in (0..10) > 1 }\n"
                   "rule good { strings: $a = \"abc\" condition: for any i in (#a..3) : ( i == 2 ) }"}});
    EXPECT_EQ(found(loaded, "abcabc"), "YARA.good@0+3");
    EXPECT_EQ(loaded.set->statistics().unsupported, 1u);
    EXPECT_EQ(loaded.diagnostics.size(), 1u);
}

TEST(YaraSet, IgnoredNamesTakeRulesOut) {
    const std::string rules = rule("one", "1") + rule("two", "2") + rule("three", "3") +
                              "rule needs { condition: three }\n" +
                              "global rule every { condition: filesize < 100 }";
    const Loaded loaded = load({{"a.yar", rules}, {"b.ign2", "YARA.one\nthree\nevery\n"}});
    EXPECT_EQ(found(loaded, "123"), "YARA.needs@0+3 YARA.two@1+1");
    EXPECT_EQ(found(loaded, "123" + std::string(100, ' ')), "");
    EXPECT_EQ(loaded.set->statistics().ignored, 3u);
    EXPECT_EQ(loaded.set->statistics().yara_rules, 2u);
}

TEST(YaraSet, TheGenerationIsThatOfTheRulesInAnyOrderUnderAnyName) {
    const std::string a = rule("a", "aaa") + rule("b", "bbb");
    const std::string b = "import \"pe\"\n" + rule("a", "xyz");
    const auto generation = [](const Loaded& loaded) { return std::string(loaded.set->generation()); };
    const std::string first = generation(load({{"1.yar", a}, {"2.yar", b}}));
    EXPECT_EQ(generation(load({{"z.yara", b}, {"y.yar", "// note\n" + a}})), first);
    EXPECT_NE(generation(load({{"1.yar", a}})), first);
    EXPECT_NE(generation(load({{"1.yar", rule("a", "aab") + rule("b", "bbb")}, {"2.yar", b}})), first);
    EXPECT_NE(generation(load({{"1.yar", a}, {"2.yar", b}, {"3.ign2", "b"}})), first);
}

class YaraInclude : public testing::Test {
protected:
    void put(const std::string& name, std::string_view text) {
        const auto path = folder.path() / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    postern::tests::TemporaryFolder folder;
};

TEST_F(YaraInclude, ComesFromTheFoldersOfTheSourceAlone) {
    put("set/main.yar", "include \"sub/a.yar\"\ninclude \"./sub/../b.inc\"\n"
                        "include \"../outside.yar\"\ninclude \"/etc/passwd\"\ninclude \"link.yar\"\n"
                        "include \"none.yar\"\ninclude \"sub\"\n" +
                            rule("own", "own") + "rule uses { condition: in_a }\n");
    put("set/sub/a.yar", rule("in_a", "aaa") + "include \"deeper.inc\"\n");
    put("set/sub/deeper.inc", rule("in_deeper", "ddd") + "include \"../main.yar\"\n");
    put("set/b.inc", rule("in_b", "bbb") + "rule bad {\ncondition: nothing }\n");
    put("outside.yar", rule("outside", "outside"));
    std::filesystem::create_symlink(folder.path() / "outside.yar", folder.path() / "set/link.yar");
    const Loaded loaded = load_path(folder.path() / "set/main.yar");
    EXPECT_EQ(found(loaded, "aaa bbb ddd own outside"),
              "YARA.in_a@0+3 YARA.uses@0+23 YARA.in_b@4+3 YARA.in_deeper@8+3 YARA.own@12+3");
    ASSERT_EQ(loaded.diagnostics.size(), 6u);
    EXPECT_NE(loaded.diagnostics[0].find("b.inc:3:12: error: rule bad: "), std::string::npos);
    for (int i = 1; i < 6; ++i) {
        EXPECT_NE(loaded.diagnostics[i].find("main.yar:" + std::to_string(i + 2) + ":1: error: "),
                  std::string::npos)
            << loaded.diagnostics[i];
    }
    EXPECT_EQ(loaded.set->statistics().errors, 6u);
}

TEST_F(YaraInclude, AFolderOfBothLoadsEachRuleOnce) {
    put("index.yar", "include \"a.yar\"\ninclude \"b.yar\"\n");
    put("a.yar", rule("a", "aaa"));
    put("b.yar", rule("b", "bbb"));
    put("README.md", "not a rule");
    const Loaded loaded = load_path(folder.path());
    EXPECT_TRUE(loaded.diagnostics.empty());
    EXPECT_EQ(loaded.set->statistics().yara_rules, 2u);
}

TEST_F(YaraInclude, EndlessIncludingEnds) {
    for (int i = 0; i < 40; ++i) {
        put(std::to_string(i) + ".yar", "include \"" + std::to_string(i + 1) + ".yar\"\n" +
                                            rule("r" + std::to_string(i), "abc"));
    }
    put("40.yar", "include \"40.yar\"\ninclude \"0.yar\"\n");
    const Loaded loaded = load_path(folder.path() / "0.yar");
    EXPECT_EQ(loaded.set->statistics().yara_rules, 17u);
    ASSERT_EQ(loaded.diagnostics.size(), 1u);
    EXPECT_NE(loaded.diagnostics[0].find("16.yar:1:1: error: more than 16 files"), std::string::npos);
}

TEST(YaraSet, TextIsNotAFileSoItIncludesNothing) {
    const Loaded loaded = load({{"a.yar", "include \"b.yar\"\n" + rule("a", "aaa")}});
    EXPECT_EQ(loaded.diagnostics.size(), 1u);
    EXPECT_EQ(found(loaded, "aaa"), "YARA.a@0+3");
}

TEST(YaraSet, AbsurdRulesAreRefusedBeforeTheyAreCompiled) {
    const std::string deep(300, '(');
    const std::string closed(300, ')');
    const Loaded loaded = load(
        {{"a.yar", "rule deep { condition: " + deep + "true" + closed + " }\n" +
                       "rule long { condition: true " + std::string(2 << 20, ' ') + "}\n" +
                       std::string("rule nul { condition: \0 true }\n", 31) + rule("last", "abc")}});
    EXPECT_EQ(loaded.diagnostics.size(), 3u);
    EXPECT_EQ(found(loaded, "abc"), "YARA.last@0+3");
}

std::string xor_rules(std::string_view name, int count, std::string_view keys) {
    std::string text = "rule " + std::string(name) + " { strings:";
    for (int i = 0; i < count; ++i) {
        text += " $a" + std::to_string(i) + " = \"abcdef\" xor" + std::string(keys);
    }
    return text + " condition: any of them }\n";
}

// libyara's compiler takes minutes over some hundred of them: bounded in a file and in the set.
TEST(YaraSet, XorKeysAreBounded) {
    const Loaded file =
        load({{"a.yar", xor_rules("most", 141, "") + xor_rules("narrow", 150, "(0x01-15)") +
                            xor_rules("more", 1, "") + rule("last", "abc")}});
    ASSERT_EQ(file.diagnostics.size(), 1u);
    EXPECT_EQ(file.diagnostics[0].substr(0, 28), "a.yar:3:1: error: rule more:");
    EXPECT_EQ(file.set->statistics().yara_rules, 3u);
    EXPECT_EQ(file.set->statistics().errors, 1u);

    const std::string needs = "rule needs { condition: ";
    const auto files = [&](std::string_view first, std::string_view second) {
        return load({{first, xor_rules("x", 149, "") + needs + "x }\n"},
                     {second, xor_rules("y", 1, "") + xor_rules("z", 1, "(9)") + needs + "z }\n"}});
    };
    const Loaded set = files("a.yar", "b.yar");
    EXPECT_EQ(set.set->statistics().yara_rules, 3u);
    EXPECT_EQ(set.set->statistics().errors, 2u);
    ASSERT_EQ(set.diagnostics.size(), 2u);
    EXPECT_NE(set.diagnostics[0].find("b.yar:1: error: rule z is left out: the set asks"),
              std::string::npos)
        << set.diagnostics[0];
    EXPECT_EQ(files("b.yar", "a.yar").set->generation(), set.set->generation());
}

TEST(YaraSet, ThousandsOfWrongRulesAreToldInBounds) {
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        text += "rule r" + std::to_string(i) + " { condition: any of (r*) and nothing }\n";
        text += "rule g" + std::to_string(i) + " { condition: true }\n";
    }
    const Loaded loaded = load({{"a.yar", text}});
    EXPECT_EQ(loaded.diagnostics.size(), 1001u);
    EXPECT_EQ(loaded.set->statistics().yara_rules, 999u);
}

}  // namespace
}  // namespace postern::signatures
