// SPDX-License-Identifier: Apache-2.0
// What rules cost and find: `scan --stats`, `scan --dead-rules`, and the dearest rules of `signatures test`.
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");

// Vain stands where its literal does, and not whole: "needle one", never "needle one!".
class RuleStatistics : public testing::Test {
protected:
    RuleStatistics() {
        sources = folder.path() / "rules";
        std::filesystem::create_directories(sources);
        folder.write("rules/a.ndb", "Team.Hit:0:*:6e6565646c65206f6e65\nTeam.Vain:0:*:6e6565646c65206f6e65{-3}21\?\?21\n"
                                    "Team.Dead:0:*:6465616420646561642064656164\n");
        folder.write("rules/l.ldb", "Team.Logic;Engine:51-255,Target:0;0&1;6e6565646c65206f6e65;6861797374616b\n");
        folder.write("rules/r.yara", "rule Hit { strings: $a = \"needle\" condition: $a }\nrule Dead { strings: $a = \"thread\" condition: $a }\n");
        folder.write("rules/d.hdb", "00112233445566778899aabbccddeeff:10:Team.Digest\n");
        mail = folder.write("1.eml", "From: a@example.org\r\nContent-Type: application/octet-stream\r\n"
                                     "Content-Transfer-Encoding: base64\r\n\r\nAAECbmVlZGxlIG9uZSBuZWVkbGUgb25lAP8=\r\n");  // 00 01 02 "needle one needle one" 00 ff
    }
    TemporaryFolder folder;
    std::string sources, mail;
};

const Json* named(const Json& rows, const std::string& name) {
    for (const Json& row : rows) {
        if (row["name"] == name) return &row;
    }
    return nullptr;
}

TEST_F(RuleStatistics, AreToldWithTheWorstRules) {
    const CommandResult result = run_command({program, "scan", mail, "--signatures", sources, "--stats", "--format", "json", "--jobs", "2"});
    const Json rules = Json::parse(result.errors.substr(result.errors.find('{')))["rules"];
    EXPECT_EQ(rules["hit"], 2) << rules;  // Team.Hit, YARA.Hit
    const Json* hit = named(rules["by_time"], "Team.Hit");
    ASSERT_NE(hit, nullptr) << rules;
    EXPECT_GE((*hit)["hits"], 1);
    EXPECT_GE((*hit)["verifications"], 1);
    EXPECT_GT((*hit)["microseconds"], 0.0);
    const Json* logic = named(rules["in_vain"], "Team.Logic");
    ASSERT_NE(logic, nullptr) << rules;
    EXPECT_EQ((*logic)["kind"], "logical");
    EXPECT_EQ((*logic)["hits"], 0);
    EXPECT_EQ(named(rules["by_time"], "Team.Dead"), nullptr);  // never looked at
}

TEST_F(RuleStatistics, TextNamesThemToo) {
    const CommandResult result = run_command({program, "scan", mail, "--signatures", sources, "--stats"});
    EXPECT_NE(result.errors.find("worst by time\n"), std::string::npos) << result.errors;
    EXPECT_NE(result.errors.find("Team.Hit (body)\n"), std::string::npos) << result.errors;
    EXPECT_NE(result.errors.find("worst by verifications that came to nothing\n"), std::string::npos) << result.errors;
}

TEST_F(RuleStatistics, DeadRulesAreThoseThatFoundNothing) {
    const std::string dead = folder.path() / "dead.txt";
    run_command({program, "scan", mail, "--signatures", sources, "--dead-rules", dead});
    const std::string names = read_file(dead);
    for (const char* name : {"Team.Vain\n", "Team.Dead\n", "Team.Logic\n", "YARA.Dead\n"}) {
        EXPECT_NE(names.find(name), std::string::npos) << name << names;
    }
    EXPECT_EQ(names.find("Hit"), std::string::npos) << names;
    EXPECT_EQ(names.find("Digest"), std::string::npos) << names;
    const CommandResult nowhere = run_command({program, "scan", mail, "--signatures", sources, "--dead-rules", folder.path() / "no" / "where"});
    EXPECT_EQ(nowhere.status, 2);
}

TEST_F(RuleStatistics, TestTellsTheDearestRules) {
    const std::vector<std::string> words{program, "signatures", "test", sources + "/a.ndb", "--known-good", mail};
    std::vector<std::string> with_stats = words;
    with_stats.emplace_back("--stats");
    const CommandResult text = run_command(with_stats);
    EXPECT_EQ(text.status, 1);
    EXPECT_NE(text.output.find("dearest rules of the new set\n"), std::string::npos) << text.output;
    std::vector<std::string> as_json = words;
    as_json.insert(as_json.end(), {"--format", "json"});
    const Json json = Json::parse(run_command(as_json).output);
    const Json* hit = named(json["dearest"], "Team.Hit");
    ASSERT_NE(hit, nullptr) << json;
    EXPECT_EQ((*hit)["hits"], 1);
    EXPECT_GT((*named(json["rules"], "Team.Hit"))["microseconds"], 0.0);
}

}  // namespace
}  // namespace postern::tests
