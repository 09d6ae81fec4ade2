// SPDX-License-Identifier: Apache-2.0
// `postern signatures test` as a gate: the false-positive drill, lost mail, and thresholds.
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");

std::string hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789abcdef"[c & 15];
    }
    return out;
}

std::string mail(const std::string& text) {
    return "From: a@example.org\r\nTo: b@example.org\r\nSubject: s\r\n\r\n" + text + "\r\n";
}

// Invoices are common and good; one of them asks for an account to be changed.
class SignaturesTest : public testing::Test {
protected:
    SignaturesTest() {
        good("1.eml", "Please find our invoice number 4711 attached.");
        good("2.eml", "Please find our invoice number 4712 attached.");
        good("3.eml", "Lunch?");
        bad("1.eml", "Please find our invoice number 4713; our account has moved to Ruritania.");
    }
    void good(const std::string& name, const std::string& text) { write("good", name, text); }
    void bad(const std::string& name, const std::string& text) { write("bad", name, text); }
    void write(const std::string& where, const std::string& name, const std::string& text) {
        std::filesystem::create_directories(folder.path() / where);
        folder.write(where + "/" + name, mail(text));
    }
    std::string rule(const std::string& file, const std::string& name, const std::string& text) {
        return folder.write(file, name + ":0:*:" + hex(text) + "\n");
    }
    CommandResult test(std::vector<std::string> words) {
        std::vector<std::string> all{program, "signatures", "test"};
        all.insert(all.end(), words.begin(), words.end());
        for (const char* which : {"good", "bad"}) {
            all.push_back(std::string("--known-") + which);
            all.push_back(folder.path() / which);
        }
        return run_command(all);
    }
    TemporaryFolder folder;
};

TEST_F(SignaturesTest, ARuleThatHitsACommonDocumentIsRefusedByNameAndPassesWhenMended) {
    const CommandResult refused = test({rule("rules.ndb", "Team.Invoice", "our invoice number")});
    EXPECT_EQ(refused.status, 1) << refused.errors;
    EXPECT_NE(refused.output.find("refused: the new set hits 2 known-good messages; 0 allowed: Team.Invoice (2, first "),
              std::string::npos) << refused.output;
    EXPECT_NE(refused.output.find("good/1.eml"), std::string::npos) << refused.output;

    const CommandResult passed = test({rule("rules.ndb", "Team.Invoice", "account has moved to Ruritania")});
    EXPECT_EQ(passed.status, 0) << passed.output;
    EXPECT_NE(passed.output.find("passed\n"), std::string::npos) << passed.output;
}

TEST_F(SignaturesTest, ThresholdsAreCountsOfMessages) {
    const std::string rules = rule("rules.ndb", "Team.Invoice", "our invoice number");
    EXPECT_EQ(test({rules, "--max-false-positives", "2"}).status, 0);
    EXPECT_EQ(test({rules, "--max-false-positives", "1"}).status, 1);
    const std::string none = rule("none.ndb", "Team.None", "stands in no message");
    EXPECT_EQ(test({none}).status, 1);
    EXPECT_EQ(test({none, "--max-lost", "1"}).status, 0);
}

TEST_F(SignaturesTest, WhatTheOldSetFoundMustStillBeFound) {
    const std::string old_set = rule("old.ndb", "Team.Old", "moved to Ruritania");
    const std::string new_set = rule("new.ndb", "Team.New", "moved to Freedonia");
    const CommandResult lost = test({new_set, "--against", old_set, "--format", "json"});
    EXPECT_EQ(lost.status, 1);
    const Json json = Json::parse(lost.output);
    EXPECT_EQ(json["passed"], false);
    EXPECT_EQ(json["lost"], 1);
    EXPECT_EQ(json["rules"][0]["name"], "Team.Old");
    EXPECT_EQ(json["rules"][0]["lost"], 1);
    EXPECT_EQ(json["before"]["messages_hit"], 1);
    // Another rule that finds the same message: renamed, and not lost.
    const CommandResult renamed = test({rule("r.ndb", "Team.R", "Ruritania"), "--against", old_set, "--format", "json"});
    EXPECT_EQ(renamed.status, 0) << renamed.output;
    EXPECT_EQ(Json::parse(renamed.output)["rules"].size(), 2u);
    // What neither finds is not the new set's fault.
    const CommandResult missed = test({new_set, "--against", rule("n.ndb", "Team.N", "of no message"), "--format", "json"});
    EXPECT_EQ(missed.status, 0) << missed.output;
    EXPECT_EQ(Json::parse(missed.output)["missed_by_both"], 1);
}

TEST_F(SignaturesTest, AManifestSaysWhatIsGoodAndBad) {
    const std::string rules = rule("rules.ndb", "Team.Invoice", "our invoice number");
    const auto run = [&](const std::string& manifest) {
        folder.write("good/manifest.jsonl", manifest);
        return run_command({program, "signatures", "test", rules, "--corpus", folder.path() / "good", "--format", "json"});
    };
    const CommandResult one = run("{\"path\":\"1.eml\",\"decision\":\"accept\"}\n{\"path\":\"2.eml\",\"decision\":\"reject\"}\n");
    EXPECT_EQ(one.status, 1);
    const Json json = Json::parse(one.output);
    EXPECT_EQ(json["messages"], 3);  // the manifest is none of them
    EXPECT_EQ(json["known_good"], 1);
    EXPECT_EQ(json["known_bad"], 1);
    EXPECT_EQ(json["false_positives"], 1);
    EXPECT_EQ(json["lost"], 0);
    // A look-alike of a program is refused for its type: nothing is known of signatures.
    const CommandResult type = run("{\"path\":\"3.eml\",\"decision\":\"reject\",\"planted\":[{\"kind\":\"pe\"}]}\n");
    EXPECT_EQ(type.status, 0) << type.output;
    const CommandResult wrong = run("{\"path\":\"1.eml\",\"decision\":\"accept\"}\n{\"path\":1}\n");
    EXPECT_EQ(wrong.status, 2);
    EXPECT_NE(wrong.errors.find("manifest.jsonl:2: not a line of a manifest"), std::string::npos) << wrong.errors;
}

TEST_F(SignaturesTest, AGateThatSawNoMessageDoesNotOpen) {
    const std::string rules = rule("rules.ndb", "Team.Invoice", "our invoice number");
    EXPECT_EQ(run_command({program, "signatures", "test", rules}).status, 2);
    EXPECT_EQ(run_command({program, "signatures", "test", rules, "--known-good", folder.path() / "missing"}).status, 2);
}

}  // namespace
}  // namespace postern::tests
