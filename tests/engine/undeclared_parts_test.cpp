// SPDX-License-Identifier: Apache-2.0
// A virus in parts that no header declares, in every way that a header can fail to declare them.
#include "tests/engine/scanner_fixture.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace postern::engine::tests {
namespace {

// EICAR's file in base64, by itself.
constexpr std::string_view encoded =
    "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=";

// In quoted-printable, so that neither the octets as they stand nor a run of base64 give it away.
std::string quoted_printable(std::string_view text) {
    std::string out;
    for (const char c : text) {
        constexpr char digits[] = "0123456789ABCDEF";
        out += {'=', digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
    }
    return out;
}

std::string virus() {
    return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR") + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
}

std::string parts(const std::string& token, bool base64) {
    return "--" + token + "\r\nContent-Type: text/plain\r\n\r\nhello\r\n--" + token +
           "\r\nContent-Type: application/octet-stream; name=v.com\r\nContent-Transfer-Encoding: " +
           (base64 ? "base64\r\n\r\n" + std::string(encoded)
                   : "quoted-printable\r\n\r\n" + quoted_printable(virus())) +
           "\r\n--" + token + "--\r\n";
}

Verdict scan(const std::string& mail, const Limits& limits = patient_limits()) {
    return Scanner(built_in_set(), limits, 1).scan(mime::Message::own(mail));
}

bool found(const Verdict& verdict) {
    return std::ranges::any_of(verdict.findings, [](const Finding& finding) {
        return finding.kind == FindingKind::signature && finding.file_name == "v.com";
    });
}

TEST(UndeclaredParts, WhateverTheHeaderSaysTheyAreScanned) {
    const std::string from = "From: a@example.org\r\nSubject: x\r\n";
    for (const std::string header :
         {"", "Content-Type: text/plain\r\n", "Content-Type: multipart/mixed\r\n", "Content-Type: nonsense\r\n",
          "Content-Type: multipart/mixed; boundary=\"other\"\r\n", "Content-Type: multipart/mixed; boundary=\r\n",
          "Content-Type: multipart/mixed; boundary='=_b 1'; x\r\n", "Content-Type: image/png\r\n",
          "Content-Type: message/partial\r\n", "Content-Transfer-Encoding: unknown\r\n",
          "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"}) {
        for (const std::string token : {"b", "=_b 1", "----=_Part", "---"}) {
            for (const std::string before : {"", "Read this first.\r\n", "-- \r\nAnna\r\n\r\n"}) {
                for (const bool base64 : {false, true}) {
                    EXPECT_TRUE(found(scan(from + header + "\r\n" + before + parts(token, base64))))
                        << header << token << before;
                }
            }
        }
    }
}

TEST(UndeclaredParts, AreFoundBesideAndInsideDeclaredOnes) {
    const std::string header = "Content-Type: multipart/mixed; boundary=o\r\n\r\n";
    const std::string inner = parts("b", false);
    EXPECT_TRUE(found(scan(header + inner + "--o\r\n\r\nx\r\n--o--\r\n")));
    EXPECT_TRUE(found(scan(header + "--o\r\n\r\nx\r\n--o--\r\n" + inner)));
    EXPECT_TRUE(found(scan(header + "--o\r\n\r\n" + inner + "--o--\r\n")));
}

// The evidence is a place of the message that was sent.
TEST(UndeclaredParts, FindingsNameTheirPlace) {
    const std::string mail = "Subject: x\r\n\r\n" + parts("b", true);
    const Verdict verdict = scan(mail);
    bool seen = false;
    for (const Finding& finding : verdict.findings) {
        if (finding.content != "1/2/v.com") continue;
        EXPECT_EQ(finding.message_offset, mail.find("WDVP"));
        seen = true;
    }
    EXPECT_TRUE(seen);
}

TEST(UndeclaredParts, EachInsideTheOtherMeetTheDepthLimit) {
    std::string mail = "Subject: x\r\n\r\n";
    for (int i = 0; i < 100; ++i) mail += "--b" + std::to_string(i) + "\r\nContent-Type: text/plain\r\n\r\n";
    const Verdict verdict = scan(mail);
    EXPECT_FALSE(verdict.coverage.complete());
    EXPECT_EQ(decide(default_policy(), verdict).action, Action::reject);
}

TEST(UndeclaredParts, HonestTextIsReadOnce) {
    const Verdict verdict = scan("Subject: x\r\n\r\nHello\r\n-- \r\nAnna\r\n\r\n-----\r\nA: b\r\n\r\n"
                                 "-----Original Message-----\r\nFrom: b@example.org\r\n\r\nbye\r\n");
    EXPECT_TRUE(verdict.findings.empty());
    EXPECT_TRUE(verdict.coverage.complete());
}

}  // namespace
}  // namespace postern::engine::tests
