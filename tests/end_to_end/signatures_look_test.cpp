// SPDX-License-Identifier: Apache-2.0
// `postern signatures diff | search | explain`, as a security team uses them: over sources, a built
// set, and the current set of a store.
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");

// One of each kind.
class SignaturesLook : public testing::Test {
protected:
    SignaturesLook() {
        write("old", "a.ndb", "Team.Kept:0:*:6b657074206f637465747321\nTeam.Gone:1:EP+0:676f6e6520676f6e65\n"
                              "Team.Moved:7:*:6d6f766564\n");
        write("old", "l.ldb", "Team.Both;Engine:51-255,Target:0;0&1;6f6e65206f6e65::i;74776f2074776f\n");
        write("old", "d.hdb", "00112233445566778899aabbccddeeff:10:Family\n10112233445566778899aabbccddeeff:10:Family\n");
        write("old", "r.yara", "rule Loud { strings: $a = \"wanted text\" nocase condition: $a }\n");
        write("new", "a.ndb", "Team.Kept:0:*:6B657074206F637465747321:51\nTeam.Moved:0:*:6d6f766564\n"
                              "Team.Come:0:*:636f6d6520636f6d65\n");
        write("new", "l.ldb", "Team.Both;Engine:51-255,Target:0;0|1;6f6e65206f6e65::i;74776f2074776f\n");
        write("new", "d.hdb", "00112233445566778899AABBCCDDEEFF:10:Family\n20112233445566778899aabbccddeeff:10:Family\n"
                              "30112233445566778899aabbccddeeff:11:Family\n");
        write("new", "r.yara", "rule Loud { strings: $a = \"wanted text\" nocase condition: $a }\n");
    }
    void write(const std::string& where, const std::string& name, const std::string& text) {
        std::filesystem::create_directories(folder.path() / where);
        folder.write(where + "/" + name, text);
    }
    std::string at(const std::string& name) { return folder.path() / name; }
    CommandResult run(std::vector<std::string> words) {
        words.insert(words.begin(), {program, "signatures"});
        return run_command(words);
    }
    std::string built(const std::string& sources) {
        const CommandResult result = run({"build", at(sources), "-o", at(sources + ".set")});
        EXPECT_EQ(result.status, 0) << result.errors;
        return at(sources + ".set");
    }
    TemporaryFolder folder;
};

constexpr const char* expected_difference =
    "+ body            Team.Come\n"
    "- body            Team.Gone\n"
    "~ body            Team.Moved\n"
    "~ logical         Team.Both\n"
    "+ digest          Family\n"
    "~ digest          Family\n"
    "     added    removed    changed  kind\n"
    "         1          1          1  body\n"
    "         0          0          1  logical\n"
    "         1          0          1  digest\n";

TEST_F(SignaturesLook, DiffNamesWhatWasAddedRemovedAndChangedByKind) {
    const CommandResult sources = run({"diff", at("old"), at("new")});
    EXPECT_EQ(sources.status, 1) << sources.errors;
    EXPECT_EQ(sources.output, expected_difference);
    const CommandResult sets = run({"diff", built("old"), built("new")});
    EXPECT_EQ(sets.status, 1) << sets.errors;
    EXPECT_EQ(sets.output, expected_difference);
}

TEST_F(SignaturesLook, DiffOfTheSameIsNone) {
    const CommandResult same = run({"diff", at("old"), at("old")});
    EXPECT_EQ(same.status, 0);
    EXPECT_EQ(same.output, "no difference\n");
    // A set holds what its sources hold, and EICAR.
    const CommandResult built_in = run({"diff", at("old"), built("old"), "--format", "json"});
    EXPECT_EQ(built_in.status, 1);
    const Json json = Json::parse(built_in.output);
    ASSERT_EQ(json["changes"].size(), json["kinds"]["body"]["added"]) << built_in.output;
    for (const Json& change : json["changes"]) EXPECT_EQ(change["change"], "added");
}

TEST_F(SignaturesLook, DiffRefusesWhatIsNoSet) {
    EXPECT_EQ(run({"diff", at("old"), at("missing.ndb")}).status, 2);
    EXPECT_EQ(run({"diff", at("old")}).status, 2);
    const std::string set = built("old");
    std::filesystem::resize_file(set, std::filesystem::file_size(set) - 1);
    const CommandResult cut = run({"diff", set, at("new")});
    EXPECT_EQ(cut.status, 2);
    EXPECT_NE(cut.errors.find("old.set"), std::string::npos) << cut.errors;
}

TEST_F(SignaturesLook, SearchFindsNamesOctetsHexAndWhatIsWritten) {
    const CommandResult name = run({"search", "team.g", at("old")});
    EXPECT_EQ(name.status, 0) << name.errors;
    EXPECT_EQ(name.output, "Team.Gone  body  target 1  name  " + at("old") + "/a.ndb:2\n");
    // "ONE one" is written in lower case, and found in any.
    EXPECT_EQ(run({"search", "ONE ONE", at("old")}).output, "Team.Both  logical  target 0  octets  " + at("old") + "/l.ldb:1\n");
    EXPECT_EQ(run({"search", "676f6E65", at("old")}).output, "Team.Gone  body  target 1  hex  " + at("old") + "/a.ndb:2\n");
    EXPECT_EQ(run({"search", "wanted", at("old")}).output, "YARA.Loud  rule  -  written  " + at("old") + "/r.yara:1\n");
    EXPECT_EQ(run({"search", "10112233", at("old")}).output, "Family  digest  -  written  " + at("old") + "/d.hdb:2\n");
    // Half an octet is none.
    EXPECT_EQ(run({"search", "76f6e652067", at("old")}).status, 1);
    EXPECT_EQ(run({"search", "nowhere", at("old")}).status, 1);
    EXPECT_EQ(run({"search", "x", at("missing.ndb")}).status, 2);
}

TEST_F(SignaturesLook, SearchLooksIntoSetsAndTheStore) {
    const std::string set = built("old");
    EXPECT_EQ(run({"search", "Gone", set}).output, "Team.Gone  body  target 1  name\n");
    ASSERT_EQ(run({"activate", set, "--store", at("store")}).status, 0);
    const CommandResult stored = run({"search", "Gone", "--store", at("store"), "--format", "json"});
    EXPECT_EQ(stored.status, 0) << stored.errors;
    const Json json = Json::parse(stored.output);
    EXPECT_EQ(json["name"], "Team.Gone");
    EXPECT_EQ(json["target"], 1);
    EXPECT_EQ(json["text"], "Team.Gone:1:EP+0:676f6e6520676f6e65");
    EXPECT_FALSE(json.contains("file"));
    const CommandResult empty = run({"search", "Gone", "--store", at("no-store")});
    EXPECT_EQ(empty.status, 2);
    EXPECT_NE(empty.errors.find("no set is in force there"), std::string::npos) << empty.errors;
}

TEST_F(SignaturesLook, WhatAnIgnoreListTakesOutIsNotThere) {
    write("old", "x.ign2", "Team.Gone\n");
    EXPECT_EQ(run({"search", "Gone", at("old")}).status, 1);
    const CommandResult diff = run({"diff", at("old"), at("new")});
    EXPECT_EQ(diff.output.find("Team.Gone"), std::string::npos) << diff.output;
}

TEST_F(SignaturesLook, ExplainTakesANameOrTheSignatureItself) {
    const CommandResult by_name = run({"explain", "Team.Gone", at("old")});
    EXPECT_EQ(by_name.status, 0) << by_name.errors;
    EXPECT_EQ(by_name.output, "Team.Gone: body signature, " + at("old") + "/a.ndb:2\n"
                              "  looks in    Windows programs (PE) (target 1)\n"
                              "  begins      at the entry point of the program\n"
                              "  finds       the octets 67 6f 6e 65 20 67 6f 6e 65  \"gone gone\"\n");
    const CommandResult line = run({"explain", "Team.Gone:1:EP+0:676f6e6520676f6e65"});
    EXPECT_EQ(line.output.substr(line.output.find('\n')), by_name.output.substr(by_name.output.find('\n')));
    EXPECT_EQ(run({"explain", at("old") + "/a.ndb:2"}).output, by_name.output);
    const CommandResult set = run({"explain", "Loud", built("old")});
    EXPECT_NE(set.output.find("YARA.Loud: YARA rule\n"), std::string::npos) << set.output;
    EXPECT_NE(set.output.find("$a          the text \"wanted text\"\n"), std::string::npos) << set.output;
    const CommandResult family = run({"explain", "Family", at("old")});
    EXPECT_NE(family.output.find("MD5 10112233445566778899aabbccddeeff"), std::string::npos) << family.output;
    EXPECT_EQ(run({"explain", "Nobody", at("old")}).status, 1);
    const CommandResult wrong = run({"explain", "Team.Bad:0:*:4g"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_NE(wrong.errors.find("no hex digit"), std::string::npos) << wrong.errors;
    EXPECT_EQ(run({"explain", "@" + at("old") + "/a.ndb"}).status, 2);  // three stand there
}

}  // namespace
}  // namespace postern::tests
