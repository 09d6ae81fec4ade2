// SPDX-License-Identifier: Apache-2.0
// What rules find here is what the `yara` program finds with the same rules in the same octets:
// taken from the program where it is installed, from a golden file elsewhere.
#include "tests/signatures/yara_cases.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <fstream>
#include <map>
#include <sstream>

namespace postern::signatures {
namespace {

using Found = std::vector<std::string>;  // names, sorted

const std::string golden_file =
    postern::tests::source_path("tests/signatures/golden/yara_cases.txt");

bool yara_is_here() {
    return std::filesystem::exists("/usr/bin/yara");
}

std::shared_ptr<const SignatureSet> set_of_rules(const std::string& source) {
    SetBuilder builder;
    builder.add_text("rules.yar", source);
    for (const Diagnostic& diagnostic : builder.diagnostics()) {
        if (diagnostic.severity != Severity::warning) ADD_FAILURE() << to_string(diagnostic);
    }
    return builder.build(1);
}

std::vector<Found> found_here(const std::string& source, const std::vector<std::string>& contents) {
    Matcher matcher(set_of_rules(source));
    std::vector<Found> all;
    for (const std::string& content : contents) {
        yara::RuleSubject subject;
        subject.bytes = tests::octets(content);
        const yara::RuleMatches matches = matcher.match_rules(subject);
        EXPECT_EQ(matches.outcome, yara::RuleOutcome::whole);
        Found names;
        for (const Match& match : matches.matches) {
            names.emplace_back(match.name.substr(match.name.find('.') + 1));
            EXPECT_LE(match.offset + match.length, content.size());
        }
        std::sort(names.begin(), names.end());
        all.push_back(std::move(names));
    }
    return all;
}

// One run over a folder of the contents: lines of "RULE FILE".
std::vector<Found> found_by_yara(const std::string& source, const std::vector<std::string>& contents) {
    const postern::tests::TemporaryFolder folder;
    const auto rules = folder.write("rules.yar", source);
    std::filesystem::create_directory(folder.path() / "in");
    for (std::size_t i = 0; i < contents.size(); ++i) folder.write("in/" + std::to_string(i), contents[i]);
    std::vector<std::string> words{"/usr/bin/yara", "-w", "-p", "1"};
    for (const char* name : {"filename", "filepath", "extension", "filetype", "owner", "content_type"}) {
        words.insert(words.end(), {"-d", std::string(name) + "="});
    }
    words.insert(words.end(), {rules.string(), (folder.path() / "in").string()});
    const auto result = postern::tests::run_command(words);
    EXPECT_EQ(result.status, 0) << result.errors;
    std::vector<Found> all(contents.size());
    std::istringstream lines(result.output);
    for (std::string rule, file; lines >> rule >> file;) {
        all.at(std::stoul(file.substr(file.rfind('/') + 1))).push_back(rule);
    }
    for (Found& names : all) std::sort(names.begin(), names.end());
    return all;
}

std::string text_of(const std::vector<Found>& all) {
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i) {
        text += std::to_string(i) + ":";
        for (const std::string& name : all[i]) text += ' ' + name;
        text += '\n';
    }
    return text;
}

std::vector<std::string> case_contents() {
    std::vector<std::string> contents;
    for (const tests::YaraCase& one : tests::yara_cases()) {
        contents.push_back(one.hit);
        contents.push_back(one.miss);
    }
    return contents;
}

// Every rule over every content: what another case hits by accident must agree as well.
TEST(YaraAgreement, EveryKindOfRuleAndItsNearMiss) {
    const std::vector<std::string> contents = case_contents();
    const std::string here = text_of(found_here(tests::yara_case_source(), contents));
    if (yara_is_here()) {
        const std::string there = text_of(found_by_yara(tests::yara_case_source(), contents));
        EXPECT_EQ(here, there);
        if (std::getenv("POSTERN_UPDATE_GOLDENS")) std::ofstream(golden_file) << there;
    }
    EXPECT_EQ(here, postern::tests::read_file(golden_file));
}

TEST(YaraAgreement, EachCaseHitsItsHitAndMissesItsMiss) {
    const std::vector<Found> all = found_here(tests::yara_case_source(), case_contents());
    for (std::size_t i = 0; i < all.size() / 2; ++i) {
        const std::string name = tests::numbered("c", i);
        EXPECT_TRUE(std::binary_search(all[2 * i].begin(), all[2 * i].end(), name)) << name;
        EXPECT_FALSE(std::binary_search(all[2 * i + 1].begin(), all[2 * i + 1].end(), name)) << name;
    }
}

// The program keeps the entry point of the file before, so it is asked about one at a time.
TEST(YaraAgreement, EntryPointOfEachContent) {
    if (!yara_is_here()) GTEST_SKIP() << "the yara program is not installed";
    const std::string source = "rule entry { condition: entrypoint == 0x200 }\n"
                               "rule without { condition: not defined entrypoint }\n";
    const std::vector<std::string> contents{tests::small_program(0x14c), std::string(0x400, 'x'),
                                            tests::small_elf(62), tests::small_program(0x8664)};
    const std::vector<Found> here = found_here(source, contents);
    for (std::size_t i = 0; i < contents.size(); ++i) {
        EXPECT_EQ(here[i], found_by_yara(source, {contents[i]})[0]) << i;
    }
}

TEST(YaraAgreement, GeneratedRulesOnGeneratedContents) {
    if (!yara_is_here()) GTEST_SKIP() << "the yara program is not installed";
    std::size_t hits = 0;
    std::size_t misses = 0;
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        tests::YaraGenerator generator(seed);
        const std::string source = generator.rules(150);
        std::vector<std::string> contents;
        for (int i = 0; i < 60; ++i) contents.push_back(generator.content());
        const std::vector<Found> here = found_here(source, contents);
        EXPECT_EQ(text_of(here), text_of(found_by_yara(source, contents))) << "seed " << seed;
        for (const Found& names : here) {
            hits += names.size();
            misses += 150 - names.size();
        }
    }
    EXPECT_GT(hits, 1000u);
    EXPECT_GT(misses, 1000u);
}

}  // namespace
}  // namespace postern::signatures
