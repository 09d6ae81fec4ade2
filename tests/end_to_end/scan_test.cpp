// SPDX-License-Identifier: Apache-2.0
// `postern scan` as a user meets it: the built binary, its exit status, its lines.
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");
const std::string clean_mail = "From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nGood day.\r\n";

// Put together here so that this file is not found by the scanners of those who build it.
std::string eicar() {
    return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR") + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
}

std::string virus_mail() { return "From: a@example.org\r\nTo: b@example.org\r\n\r\n" + eicar() + "\r\n"; }

CommandResult scan(std::vector<std::string> words, std::string_view input = {}) {
    words.insert(words.begin(), {program, "scan"});
    return run_command(words, input);
}

std::vector<Json> lines_of(const std::string& output) {
    std::vector<Json> lines;
    std::istringstream stream(output);
    for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
    return lines;
}

Json scan_one(std::string_view mail) {
    const CommandResult result = scan({"--format", "json", "-"}, mail);
    const auto lines = lines_of(result.output);
    EXPECT_EQ(lines.size(), 1u) << result.errors;
    return lines.empty() ? Json() : lines[0];
}

TEST(Scan, ExitStatusTellsTheWorst) {
    const TemporaryFolder folder;
    const std::string clean = folder.write("clean.eml", clean_mail);
    const std::string virus = folder.write("virus.eml", virus_mail());
    EXPECT_EQ(scan({clean}).status, 0);
    EXPECT_EQ(scan({clean, virus}).status, 1);
    EXPECT_EQ(scan({clean, virus, folder.path() / "missing.eml"}).status, 2);
    EXPECT_EQ(scan({}).status, 2);
    EXPECT_EQ(scan({"--no-such-option", clean}).status, 2);
    EXPECT_EQ(scan({"--help"}).status, 0);
}

TEST(Scan, ALineHasEveryField) {
    const Json line = scan_one(virus_mail());
    for (const char* field : {"path", "bytes", "decision", "reason", "findings", "coverage", "generation", "seconds"}) {
        EXPECT_TRUE(line.contains(field)) << field;
    }
    EXPECT_FALSE(line.contains("index"));
    EXPECT_EQ(line["path"], "-");
    EXPECT_EQ(line["bytes"], virus_mail().size());
    EXPECT_EQ(line["decision"], "reject");
    EXPECT_EQ(line["coverage"]["complete"], true);
    EXPECT_EQ(line["generation"].get<std::string>().size(), 64u);
    ASSERT_EQ(line["findings"].size(), 1u);
    const Json& finding = line["findings"][0];
    EXPECT_EQ(finding["kind"], "signature");
    EXPECT_EQ(finding["name"], "Eicar-Test-Signature");
    EXPECT_EQ(finding["content"], "1");
    EXPECT_EQ(finding["offset"], 0);
    EXPECT_EQ(finding["length"], 68);
    EXPECT_EQ(finding["message_offset"], virus_mail().find("X5O!"));
    EXPECT_EQ(finding["type"], "text");
    EXPECT_EQ(finding["file_name"], "");
}

TEST(Scan, OffsetsPointIntoTheEncodedMessage) {
    const std::string head = "From: a@example.org\r\nContent-Type: application/octet-stream; name=x.bin\r\n"
                             "Content-Transfer-Encoding: base64\r\n\r\n";
    // 57 octets of padding fill the first line; the virus begins with the second.
    const std::string body = std::string(76, 'A') + "\r\n"
                             "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNU\r\n"
                             "LUZJTEUhJEgrSCo=\r\n";
    const Json line = scan_one(head + body);
    ASSERT_EQ(line["findings"].size(), 1u) << line;
    EXPECT_EQ(line["findings"][0]["content"], "1/x.bin");
    EXPECT_EQ(line["findings"][0]["offset"], 57);
    EXPECT_EQ(line["findings"][0]["message_offset"], head.size() + 78);
}

TEST(Scan, AnMboxHasALineForEachMessage) {
    const TemporaryFolder folder;
    const std::string mbox = folder.write("box.mbox", "From a@example.org Thu Jan  1 00:00:00 2026\n" + clean_mail +
                                                          "\nFrom b@example.org Thu Jan  1 00:00:01 2026\n" + virus_mail());
    const CommandResult result = scan({"--format", "json", mbox});
    const auto lines = lines_of(result.output);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0]["index"], 0);
    EXPECT_EQ(lines[1]["index"], 1);
    EXPECT_EQ(lines[0]["decision"], "accept");
    EXPECT_EQ(lines[1]["decision"], "reject");
    EXPECT_EQ(result.status, 1);
}

TEST(Scan, PathsComeFromAFileToo) {
    const TemporaryFolder folder;
    const std::string one = folder.write("one.eml", clean_mail);
    const std::string two = folder.write("two\nlines.eml", clean_mail);
    const std::string list = folder.write("list", one + "\n");
    EXPECT_EQ(lines_of(scan({"--format", "json", "--files-from", list}).output).size(), 1u);
    const std::string nul_list = one + '\0' + two + '\0';
    const CommandResult result = scan({"--format", "json", "-0", "--files-from", "-"}, nul_list);
    ASSERT_EQ(lines_of(result.output).size(), 2u) << result.errors;
    EXPECT_EQ(lines_of(result.output)[1]["path"], two);
}

TEST(Scan, ABareFileIsJudgedAsAnAttachment) {
    const TemporaryFolder folder;
    const std::string file = folder.write("setup.exe", "nothing of the kind");
    const auto lines = lines_of(scan({"--format", "json", file}).output);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0]["decision"], "reject");
    EXPECT_EQ(lines[0]["findings"][0]["name"], ".exe");
    EXPECT_EQ(lines[0]["findings"][0]["content"], "setup.exe");
    EXPECT_EQ(lines_of(scan({"--format", "json", "--as", "message", file}).output)[0]["decision"], "accept");
}

TEST(Scan, WhatCannotBeReadIsNeverAccepted) {
    const TemporaryFolder folder;
    const std::string missing = folder.path() / "missing.eml";
    const CommandResult result = scan({"--format", "json", missing});
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.errors.find("missing.eml"), std::string::npos);
    const auto lines = lines_of(result.output);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0]["decision"], "defer");
    EXPECT_EQ(lines[0]["coverage"]["complete"], false);
}

TEST(Scan, SignaturesOfTheSiteAreAdded) {
    const TemporaryFolder folder;
    const std::string set = folder.write("site.ndb", "Site.Greeting:0:*:476f6f64206461792e\nSite.Bad:0:*:zz\n");
    const CommandResult result = scan({"--format", "json", "--signatures", set, "-"}, clean_mail);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(lines_of(result.output)[0]["findings"][0]["name"], "Site.Greeting");
    EXPECT_NE(result.errors.find("site.ndb:2:"), std::string::npos) << result.errors;
    EXPECT_EQ(scan({"--signatures", set, "-"}, virus_mail()).status, 1);
    EXPECT_EQ(scan({"--signatures", folder.path() / "none.ndb", "-"}, clean_mail).status, 2);
}

TEST(Scan, ThePolicyOfTheSiteDecides) {
    const TemporaryFolder folder;
    const std::string policy = folder.write("p.toml", "[file_types]\nnames = [\".txt\"]\ntypes = []\naction = \"hold\"\n");
    const std::string text = folder.write("a.txt", "text");
    const auto lines = lines_of(scan({"--format", "json", "--policy", policy, text}).output);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0]["decision"], "hold");
    const std::string small = folder.write("s.toml", "[limits]\nmessage_size = 20\n");
    const auto over = lines_of(scan({"--format", "json", "--policy", small, "-"}, clean_mail).output);
    EXPECT_EQ(over[0]["decision"], "reject");
    EXPECT_EQ(over[0]["findings"][0]["kind"], "size");
    const std::string wrong = folder.write("w.toml", "[limit]\n");
    const CommandResult refused = scan({"--policy", wrong, "-"}, clean_mail);
    EXPECT_EQ(refused.status, 2);
    EXPECT_NE(refused.errors.find("w.toml:1:1"), std::string::npos);
}

TEST(Scan, ExplainShowsTheTree) {
    const std::string mail = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n"
                             "--b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"
                             "\r\nJVBERi0xLjQK\r\n--b--\r\n";
    const CommandResult text = scan({"--explain", "-"}, mail);
    EXPECT_NE(text.output.find("multipart/mixed"), std::string::npos);
    EXPECT_NE(text.output.find("2/a.pdf  pdf"), std::string::npos) << text.output;
    const auto lines = lines_of(scan({"--explain", "--format", "json", "-"}, mail).output);
    ASSERT_EQ(lines[0]["explanation"]["contents"].size(), 2u);
    EXPECT_EQ(lines[0]["explanation"]["contents"][1]["reading"], "base64, declared");
}

TEST(Scan, StatisticsGoToStandardError) {
    const CommandResult result = scan({"--format", "json", "--stats", "-"}, clean_mail);
    const Json statistics = Json::parse(result.errors);
    EXPECT_EQ(statistics["messages"], 1);
    EXPECT_EQ(statistics["bytes"], clean_mail.size());
    EXPECT_GE(statistics["body_signatures"], 1);
}

}  // namespace
}  // namespace postern::tests
