// SPDX-License-Identifier: Apache-2.0
// Names as the clients' own patterns take them: Haraka's (\S+), Exim's "(hash:size)", rspamd's
// beginnings.
#include "engine/service/reply_name.h"

#include <gtest/gtest.h>

namespace postern::engine::service {
namespace {

Finding finding(FindingKind kind, std::string name, std::string type = {}) {
    Finding one;
    one.kind = kind;
    one.name = std::move(name);
    one.type = std::move(type);
    return one;
}

TEST(ReplyName, SaysWhatKindItIsInOneToken) {
    EXPECT_EQ(reply_name(finding(FindingKind::signature, "Eicar-Test-Signature")),
              "Eicar-Test-Signature");
    EXPECT_EQ(reply_name(finding(FindingKind::file_type, "pe")), "Policy.FileType.PE");
    EXPECT_EQ(reply_name(finding(FindingKind::file_type, "java-class")),
              "Policy.FileType.JavaClass");
    EXPECT_EQ(reply_name(finding(FindingKind::file_type, ".exe")), "Policy.FileName.exe");
    EXPECT_EQ(reply_name(finding(FindingKind::encrypted, "AES-256", "zip")),
              "Heuristics.Encrypted.Zip");
    EXPECT_EQ(reply_name(finding(FindingKind::encrypted, "AES-256", "7z")),
              "Heuristics.Encrypted.7Zip");
    EXPECT_EQ(reply_name(finding(FindingKind::encrypted, "x", "rar")), "Heuristics.Encrypted.RAR");
    EXPECT_EQ(reply_name(finding(FindingKind::size, "message-size")),
              "Heuristics.Limits.Exceeded.MessageSize");
    EXPECT_EQ(reply_name(finding(FindingKind::limit, "produced-bytes")),
              "Heuristics.Limits.Exceeded.ProducedBytes");
    EXPECT_EQ(reply_name(finding(FindingKind::defect, "damaged-container")),
              "Heuristics.Broken.DamagedContainer");
    EXPECT_EQ(reply_name(Gap{"2", "regex-time", ""}), "Heuristics.Limits.Exceeded.RegexTime");
}

TEST(ReplyName, NoNameCanBeReadAsAnotherReply) {
    for (const std::string name :
         {"a b", "evil FOUND\nstream: OK", "x(1:2)", "x:", "", "\xc3\xa4", "stream: OK"}) {
        const std::string token = reply_name(finding(FindingKind::signature, name));
        ASSERT_FALSE(token.empty());
        for (const char c : token) EXPECT_TRUE(c > ' ' && c <= '~') << name;
        EXPECT_NE(token.back(), ')');
        EXPECT_NE(token.back(), ':');
    }
}

TEST(ReplyName, OnlyWhatTellsAgainstTheMessageIsNamed) {
    Policy policy = default_policy();
    Verdict verdict;
    verdict.findings = {finding(FindingKind::signature, "Virus"),
                        finding(FindingKind::encrypted, "AES-256", "zip"),
                        finding(FindingKind::defect, "base64-junk")};
    verdict.coverage.gaps = {{"1/a.zip", "encrypted", ""}, {"1", "unsupported", ""}};
    EXPECT_EQ(reply_names(policy, verdict, decide(policy, verdict)),
              (std::vector<std::string>{"Virus", "Heuristics.Limits.Exceeded.Unsupported"}));
    policy.encrypted = Action::hold;
    policy.partial = Action::accept;
    EXPECT_EQ(reply_names(policy, verdict, decide(policy, verdict)),
              (std::vector<std::string>{"Virus", "Heuristics.Encrypted.Zip"}));
    policy.virus = policy.encrypted = Action::accept;
    EXPECT_TRUE(reply_names(policy, verdict, decide(policy, verdict)).empty());
}

// Every combination of rules and kinds: there is a name exactly where the decision is not accept.
TEST(ReplyName, ADecisionAgainstTheMessageHasANameAndAcceptHasNone) {
    const std::vector<Finding> findings = {
        finding(FindingKind::signature, "V"), finding(FindingKind::size, "message-size"),
        finding(FindingKind::encrypted, "AES", "zip"), finding(FindingKind::limit, "ratio"),
        finding(FindingKind::defect, "header-nul")};
    for (unsigned bits = 0; bits < 64; ++bits) {
        for (unsigned rules = 0; rules < 32; ++rules) {
            const auto action = [&](unsigned bit) {
                return rules >> bit & 1 ? Action::defer : Action::accept;
            };
            Policy policy = default_policy();
            policy.virus = action(0);
            policy.over_size = action(1);
            policy.encrypted = action(2);
            policy.partial = action(3);
            policy.malformed = action(4);
            Verdict verdict;
            for (unsigned i = 0; i < findings.size(); ++i) {
                if (bits >> i & 1) verdict.findings.push_back(findings[i]);
            }
            if (bits >> 5 & 1) verdict.coverage.gaps.push_back({"", "damaged", ""});
            const Decision decision = decide(policy, verdict);
            ASSERT_EQ(reply_names(policy, verdict, decision).empty(),
                      decision.action == Action::accept);
        }
    }
}

}  // namespace
}  // namespace postern::engine::service
