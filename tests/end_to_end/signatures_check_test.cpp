// SPDX-License-Identifier: Apache-2.0
// `postern signatures check` as a user meets it: places, exit status, counted literals.
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");

TEST(SignaturesCheck, ErrorsAreOneWarningsAreZero) {
    const TemporaryFolder folder;
    const std::string bad = folder.write("bad.ndb", "Team.Bad:0:*:4142zz\n");
    const CommandResult wrong = run_command({program, "signatures", "check", bad});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_NE(wrong.output.find("bad.ndb:1:18: error: "), std::string::npos) << wrong.output;
    const std::string slow = folder.write("slow.ndb", "Team.Slow:0:*:41??42\n");
    const CommandResult warned = run_command({program, "signatures", "check", slow});
    EXPECT_EQ(warned.status, 0) << warned.output;
    EXPECT_NE(warned.output.find("slow.ndb:1: warning: Team.Slow has no literal"), std::string::npos) << warned.output;
}

// "7a7a7171" stands in the attachment once it is decoded, and nowhere in the mail as it travels.
TEST(SignaturesCheck, LiteralsAreCountedInWhatMailDecodesTo) {
    const TemporaryFolder folder;
    const std::string rules = folder.write("a.ndb", "Team.A:0:*:7a7a7171\n");
    const std::string mail = folder.write("1.eml",
        "From: a@example.org\r\nContent-Type: application/octet-stream\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nenpxcQ==\r\n");
    const CommandResult result =
        run_command({program, "signatures", "check", rules, "--corpus", mail, "--format", "json"});
    EXPECT_EQ(result.status, 0) << result.errors;
    const Json json = Json::parse(result.output);
    EXPECT_EQ(json["measured_octets"], 4);
    EXPECT_EQ(json["findings"][0]["check"], "common");
    EXPECT_EQ(json["costs"][0]["hits_per_mebibyte"], 262144.0);
    const CommandResult missing =
        run_command({program, "signatures", "check", rules, "--corpus", folder.path() / "missing"});
    EXPECT_EQ(missing.status, 2);
}

}  // namespace
}  // namespace postern::tests
