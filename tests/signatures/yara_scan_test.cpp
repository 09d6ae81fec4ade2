// SPDX-License-Identifier: Apache-2.0
// Running YARA rules: the compiled octets, one scanner for many contents, names, time, threads.
#include "tests/signatures/yara_cases.h"

#include "signatures/tables.h"
#include "signatures/yara/rule_clock.h"

#include <atomic>
#include <thread>

namespace postern::signatures {
namespace {

using tests::octets;

yara::RuleSubject subject_of(std::string_view content) {
    yara::RuleSubject subject;
    subject.bytes = octets(content);
    return subject;
}

std::string found(Matcher& matcher, const yara::RuleSubject& subject) {
    return tests::told(matcher.match_rules(subject).matches);
}

std::vector<std::byte> octets_of(std::initializer_list<std::string> sources) {
    SetBuilder builder;
    int number = 0;
    for (const std::string& source : sources) {
        builder.add_text(std::to_string(++number) + ".yar", source);
    }
    const auto set = builder.build(1);
    const auto& octets = set->tables().rules.octets;
    return {octets.begin(), octets.end()};
}

TEST(YaraOctets, AreTheSameForTheSameRulesInAnyOrder) {
    const std::string cases = tests::yara_case_source();
    const std::string generated = tests::YaraGenerator(7).rules(200);
    const auto first = octets_of({cases, generated});
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(octets_of({cases, generated}), first);
    EXPECT_EQ(octets_of({generated, cases}), first);
    EXPECT_EQ(octets_of({generated, cases, generated}), first);
    EXPECT_NE(octets_of({generated}), first);
}

// libyara would crash on many of these: they never reach it.
TEST(YaraOctets, AreRefusedWhenOneWasTouched) {
    SetBuilder builder;
    builder.add_text("a.yar", tests::yara_case_source());
    yara::RuleTables tables = builder.build(1)->tables().rules;
    EXPECT_NE(yara::CompiledRules::load(tables), nullptr);
    for (std::size_t at = 0; at < tables.octets.size(); at += 97 + at / 50) {
        tables.octets.rows()[at] ^= std::byte{4};
        ASSERT_EQ(yara::CompiledRules::load(tables), nullptr) << at;
        tables.octets.rows()[at] ^= std::byte{4};
    }
    tables.octets.rows().resize(tables.octets.size() / 2);
    EXPECT_EQ(yara::CompiledRules::load(tables), nullptr);
}

TEST(YaraScanner, KeepsNothingOfTheContentBefore) {
    // libyara warns that the word is an old one.
    SetBuilder builder;
    builder.add_text("a.yar", "rule entry { condition: entrypoint == 0x200 }\n"
                              "rule counted { strings: $a = \"abcd\" condition: #a == 2 }");
    Matcher matcher(builder.build(1));
    const std::string program = tests::small_program(0x14c);
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(found(matcher, subject_of(program)), "YARA.entry@0+1024");
        EXPECT_EQ(found(matcher, subject_of(std::string(0x400, 'x'))), "");
        EXPECT_EQ(found(matcher, subject_of("abcd abcd")), "YARA.counted@0+4");
        EXPECT_EQ(found(matcher, subject_of("abcd")), "");
        EXPECT_EQ(found(matcher, subject_of("")), "");
    }
}

TEST(YaraScanner, EveryNameIsTriedWhenRulesAskForOne) {
    const std::string rules = "rule exe { condition: extension == \".exe\" }\n"
                              "rule text { condition: filename == \"a.txt\" }\n"
                              "rule plain { strings: $a = \"abcd\" condition: $a }";
    Matcher matcher(tests::set_of("a.yar", rules));
    yara::RuleSubject subject = subject_of("abcd");
    EXPECT_EQ(found(matcher, subject), "YARA.plain@0+4");
    const std::vector<std::string> two{"a.txt", "b.exe"};
    subject.facts.names = two;
    EXPECT_EQ(found(matcher, subject), "YARA.exe@0+4 YARA.plain@0+4 YARA.text@0+4");
    const std::vector<std::string> fifth{"1", "2", "3", "4", "5.exe"};
    subject.facts.names = fifth;
    EXPECT_EQ(found(matcher, subject), "YARA.plain@0+4");
    const std::vector<std::string> hidden{std::string("a.txt\0b.exe", 11)};
    subject.facts.names = hidden;
    EXPECT_EQ(found(matcher, subject), "YARA.exe@0+4 YARA.plain@0+4");
    const std::vector<std::string> same{"a.txt", "a.txt"};
    subject.facts.names = same;
    EXPECT_EQ(found(matcher, subject), "YARA.plain@0+4 YARA.text@0+4");
}

TEST(YaraScanner, TellsFactsOfTheContent) {
    Matcher matcher(tests::set_of(
        "a.yar", "rule facts { condition: filepath == \"1/a.zip\" and filetype == \"EXE\" and "
                 "content_type startswith \"application/\" and owner == \"\" }"));
    yara::RuleSubject subject = subject_of("x");
    subject.facts = {{}, "1/a.zip", "EXE", "application/x"};
    EXPECT_EQ(found(matcher, subject), "YARA.facts@0+1");
    subject.facts.file_type = "EXF";
    EXPECT_EQ(found(matcher, subject), "");
}

TEST(YaraScanner, StopsWhenTimeIsOverAndGoesOnWithTheNext) {
    Matcher matcher(tests::set_of(
        "a.yar", "rule slow { condition: filesize > 10 and for all i in (0..200000000) : ( i >= 0 ) }\n"
                 "rule fast { condition: filesize < 10 }"));
    yara::RuleSubject subject = subject_of("more than ten octets");
    subject.time = std::chrono::milliseconds(50);
    const auto begin = std::chrono::steady_clock::now();
    const yara::RuleMatches matches = matcher.match_rules(subject);
    EXPECT_EQ(matches.outcome, yara::RuleOutcome::out_of_time);
    EXPECT_TRUE(matches.matches.empty());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    subject.bytes = octets("less");
    EXPECT_EQ(found(matcher, subject), "YARA.fast@0+4");
}

// One string a million times: libyara stops counting, and the other rules are not lost.
TEST(YaraScanner, AFloodOfMatchesDrownsNobody) {
    Matcher matcher(tests::set_of("a.yar",
                                  "rule many { strings: $a = \"aa\" condition: #a > 10 }\n"
                                  "rule other { strings: $b = \"needle\" condition: $b }"));
    const std::string flood = std::string(3 << 20, 'a') + "needle";
    EXPECT_EQ(found(matcher, subject_of(flood)), "YARA.many@0+2 YARA.other@3145728+6");
}

TEST(YaraClock, NamesTheRuleThatCostsMost) {
    std::string rules;
    for (int i = 0; i < 40; ++i) {
        rules += tests::numbered("rule r", static_cast<std::size_t>(i)) +
                 " { strings: $a = \"needle" + std::to_string(i) + "\" condition: $a }\n";
        if (i == 27) {
            rules += "rule slow { condition: for all i in (0..100000) : ( i >= 0 ) }\n"
                     "rule slower { condition: for all i in (0..300000) : ( i >= 0 ) }\n";
        }
    }
    const auto set = tests::set_of("a.yar", rules);
    const auto costs = yara::dearest_rules(set->tables().rules, octets(std::string(5000, 'n')), {});
    ASSERT_GE(costs.size(), 2u);
    EXPECT_EQ(costs[0].name, "YARA.slower");
    EXPECT_EQ(costs[1].name, "YARA.slow");
    EXPECT_GT(costs[0].seconds, costs[1].seconds);
    // The same by a string: the search for it costs, not the condition.
    const auto other = tests::set_of(
        "a.yar", rules.substr(0, rules.find("rule slow")) +
                     "rule search { strings: $a = /nn[^b]*n[^b]*n[^b]*x/ condition: $a }");
    const auto by_string =
        yara::dearest_rules(other->tables().rules, octets(std::string(400, 'n')), {});
    ASSERT_EQ(by_string.size(), 1u);
    EXPECT_EQ(by_string[0].name, "YARA.search");
    EXPECT_TRUE(yara::dearest_rules({}, octets("abc"), {}).empty());
    EXPECT_TRUE(yara::dearest_rules(set->tables().rules, {}, {}).empty());
}

TEST(YaraScanner, ManyThreadsShareOneSet) {
    const std::string rules = tests::yara_case_source();
    auto set = tests::set_of("a.yar", "import \"pe\"\nrule r { strings: $a = /ab+c/ condition: #a == 3 "
                                      "and not pe.is_pe }");
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([set, t, &wrong, &rules] {
            Matcher matcher(set);
            for (int i = 0; i < 200; ++i) {
                const bool three = (i + t) % 2 == 0;
                const std::string content = three ? "abc abbc abbbc" : "abc ac abbbc";
                const bool hit = !matcher.match_rules(subject_of(content)).matches.empty();
                wrong += hit != three;
            }
            // Sets are built while others scan.
            SetBuilder builder;
            builder.add_text("b.yar", rules);
            wrong += builder.build(1)->statistics().yara_rules != tests::yara_cases().size();
        });
    }
    set.reset();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace postern::signatures
