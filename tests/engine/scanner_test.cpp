// SPDX-License-Identifier: Apache-2.0
// The scanner over messages built here, each for one promise.
#include "engine/scanner.h"

#include "tests/engine/scanner_fixture.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <openssl/evp.h>

namespace postern::engine::tests {
namespace {

using signatures::SetBuilder;

std::string eicar() {
    return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR") + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
}

std::string base64(std::string_view text, std::size_t columns = 76) {
    std::string flat(4 * ((text.size() + 2) / 3) + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(flat.data()),
                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    flat.pop_back();
    std::string lines;
    for (std::size_t i = 0; i < flat.size(); i += columns) lines += flat.substr(i, columns) + "\r\n";
    return lines;
}

std::string attachment(std::string_view name, std::string_view content) {
    return "--b\r\nContent-Type: application/octet-stream; name=\"" + std::string(name) +
           "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(content);
}

std::string mixed(const std::string& parts) {
    return "From: a@example.org\r\nTo: b@example.org\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n" + parts + "--b--\r\n";
}

std::shared_ptr<const signatures::SignatureSet> set_of(
    std::initializer_list<std::pair<const char*, std::string>> sources) {
    SetBuilder builder;
    builder.add_built_in();
    for (const auto& [name, text] : sources) builder.add_text(name, text);
    return builder.build(1);
}

std::string hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
        constexpr char digits[] = "0123456789abcdef";
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[c & 15];
    }
    return out;
}

std::string md5(std::string_view text) {
    unsigned char digest[16];
    EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_md5(), nullptr);
    return hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

Verdict scan(const std::string& mail, std::shared_ptr<const signatures::SignatureSet> set = built_in_set(),
             const Limits& limits = patient_limits()) {
    return Scanner(std::move(set), limits, 1).scan(mime::Message::own(mail));
}

std::vector<std::string> names(const Verdict& verdict, FindingKind kind = FindingKind::signature) {
    std::vector<std::string> names;
    for (const Finding& finding : verdict.findings) {
        if (finding.kind == kind) names.push_back(finding.name + " in " + finding.content);
    }
    return names;
}

using Names = std::vector<std::string>;
const std::string test_virus = "Eicar-Test-Signature in ";

TEST(Scanner, FindsInsideBase64OfAnyShape) {
    for (const std::size_t columns : {4u, 60u, 64u, 76u, 100000u}) {
        const std::string mail = "Content-Transfer-Encoding: base64\r\n\r\n" + base64(eicar(), columns);
        EXPECT_EQ(names(scan(mail)), Names{test_virus + "1"}) << columns;
    }
}

TEST(Scanner, ACleanMessageHasNothing) {
    const Verdict verdict = scan(mixed(attachment("a.bin", "nothing here")));
    EXPECT_TRUE(verdict.findings.empty());
    EXPECT_TRUE(verdict.coverage.complete());
    ASSERT_EQ(verdict.contents.size(), 1u);
    EXPECT_EQ(verdict.contents[0].path, "2/a.bin");
}

TEST(Scanner, LooksIntoForwardedMailHoweverEncoded) {
    const std::string inner = mixed(attachment("v.com", eicar()));
    const std::string plain = "Content-Type: message/rfc822\r\n\r\n" + inner;
    EXPECT_EQ(names(scan(plain)).size(), 1u);
    const std::string encoded =
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(inner);
    EXPECT_EQ(names(scan(encoded)), Names{test_virus + "1/2/v.com"});
    EXPECT_EQ(names(scan(mixed(attachment("x.eml", inner)))), Names{test_virus + "2/x.eml/2/v.com"});
}

TEST(Scanner, SweepsWhatNoEntityCovers) {
    const std::string mail = mixed("") + "\r\n" + base64(std::string(57, ' ') + eicar() + std::string(57, ' '));
    EXPECT_EQ(names(scan(mail)).size(), 1u);
}

TEST(Scanner, MatchesTheMessageAsItTravelled) {
    const std::string text = "X-Mailer: EvilMailer 7.1";
    const auto set = set_of({{"t.ndb", "Raw.Header:4:*:" + hex(text) + "\n"}});
    EXPECT_EQ(names(scan(text + "\r\n\r\nhi\r\n", set)), Names{"Raw.Header in "});
    // What is looked for can also be the base64 text itself.
    const auto encoded = set_of({{"t.ndb", "Raw.Base64:0:*:" + hex("aGVsbG8gd29ybGQsIHRo") + "\n"}});
    const std::string mail = mixed(attachment("a.txt", "hello world, this is a text that is long enough"));
    EXPECT_EQ(names(scan(mail, encoded)), Names{"Raw.Base64 in "});
}

TEST(Scanner, SignaturesMayAskWhatAContentLiesIn) {
    const auto found = [](const std::string& description, const std::string& mail) {
        const auto set = set_of({{"t.ldb", "L;Engine:81-255,Target:0," + description + ";0;" +
                                               hex("needle") + "\n"}});
        return names(scan(mail, set));
    };
    const std::string direct = mixed(attachment("a.bin", "a needle"));
    const std::string forwarded = mixed(attachment("x.eml", direct));
    EXPECT_EQ(found("Container:CL_TYPE_MAIL", direct), Names{"L in 2/a.bin"});
    EXPECT_EQ(found("Container:CL_TYPE_ZIP", direct), Names{});
    const std::string twice = "Intermediates:CL_TYPE_MAIL>CL_TYPE_MAIL";
    EXPECT_EQ(found(twice, forwarded), Names{"L in 2/x.eml/2/a.bin"});
    EXPECT_EQ(found(twice, direct), Names{});
}

TEST(Scanner, DigestsAreOfTheDecodedContent) {
    const std::string content = "a content that is known by its digest";
    const auto set = set_of({{"d.hdb", md5(content) + ":" + std::to_string(content.size()) + ":Known.File\n"}});
    EXPECT_EQ(names(scan(mixed(attachment("k.bin", content)), set)), Names{"Known.File in 2/k.bin"});
    EXPECT_TRUE(names(scan(mixed(attachment("k.bin", content + "!")), set)).empty());
}

TEST(Scanner, AnAllowedDigestSilencesWhatIsInside) {
    const std::string inner = mixed(attachment("v.com", eicar()));
    const std::string line = md5(inner) + ":" + std::to_string(inner.size()) + ":Our.Sample\n";
    const std::string mail = mixed(attachment("x.eml", inner));
    EXPECT_EQ(names(scan(mail)).size(), 1u);
    EXPECT_TRUE(names(scan(mail, set_of({{"a.fp", line}}))).empty());
    EXPECT_EQ(names(scan(mail + "x", set_of({{"a.fp", line}}))).size(), 0u);
    EXPECT_EQ(names(scan(mixed(attachment("x.eml", inner + "\r\n")), set_of({{"a.fp", line}}))).size(), 1u);
}

TEST(Scanner, AnIgnoredNameIsSilent) {
    EXPECT_TRUE(names(scan(eicar(), set_of({{"a.ign2", "Eicar-Test-Signature\n"}}))).empty());
}

TEST(Scanner, TextIsAlsoReadInItsNormalForm) {
    const auto set = set_of({{"t.ndb", "Text.Low:7:*:" + hex("send me your password") + "\n"}});
    EXPECT_EQ(names(scan("Subject: x\r\n\r\nPlease SEND   me\r\nyour PassWord now\r\n", set)), Names{"Text.Low in 1"});
}

TEST(Scanner, TheSizeLimitCountsTheMessageAsSent) {
    Limits limits = patient_limits();
    limits.message_bytes = 1000;
    std::string mail = "Subject: x\r\n\r\n" + eicar() + "\r\n";
    mail.resize(1000, 'x');
    EXPECT_TRUE(names(scan(mail, built_in_set(), limits), FindingKind::size).empty());
    const Verdict over = scan(mail + "x", built_in_set(), limits);
    EXPECT_EQ(names(over, FindingKind::size).size(), 1u);
    EXPECT_FALSE(over.coverage.complete());
}

TEST(Scanner, LimitsBecomeCoverage) {
    Limits limits = patient_limits();
    limits.depth = 2;
    std::string mail = eicar();
    for (int i = 0; i < 4; ++i) mail = "From: a@b.c\r\nTo: x@y.z\r\nSubject: s\r\n" + attachment("x.eml", mail).substr(5);
    const Verdict verdict = scan(mail, built_in_set(), limits);
    EXPECT_EQ(names(verdict, FindingKind::limit).size(), 1u);
    EXPECT_FALSE(verdict.coverage.complete());
    EXPECT_EQ(decide(default_policy(), verdict).action, Action::reject);
    limits = patient_limits();
    limits.produced_bytes = 100;
    EXPECT_FALSE(scan(mixed(attachment("a.bin", std::string(500, 'a'))), built_in_set(), limits).coverage.complete());
}

// Mails inside each other are parsed one by one, but what they may have is counted over all of them:
// 3 entities, and 3 in the forwarded one, which is met when the outer ones are charged.
TEST(Scanner, EntitiesAreCountedOverTheWholeMessage) {
    const std::string inner = mixed(attachment("v.com", eicar()));
    const std::string mail = mixed(attachment("x.eml", inner));
    for (unsigned limit = 1; limit < 9; ++limit) {
        Limits limits = patient_limits();
        limits.entities = limit;
        const Verdict verdict = scan(mail, built_in_set(), limits);
        EXPECT_EQ(verdict.coverage.complete(), limit >= 6) << limit;
        EXPECT_EQ(names(verdict, FindingKind::limit).empty(), limit >= 6) << limit;
        // What was not taken apart is swept, so below the limit it may or may not be found.
        if (limit >= 6) { EXPECT_EQ(names(verdict).size(), 1u); }
    }
}

TEST(Scanner, ABareFileIsLikeAnAttachment) {
    const Scanner scanner(built_in_set(), patient_limits(), 1);
    const Verdict verdict = scanner.scan_file(mime::Message::own(eicar()), "v.txt");
    EXPECT_EQ(names(verdict), Names{test_virus + "v.txt"});
    ASSERT_EQ(verdict.contents.size(), 1u);
    EXPECT_EQ(verdict.contents[0].names, Names{"v.txt"});
}

// A message large enough for tasks and chunks, with something to find in many places.
std::string large_mail() {
    std::string content;
    unsigned state = 1;
    while (content.size() < 5'000'000) {
        state = state * 1664525 + 1013904223;
        content += static_cast<char>(state >> 24);
        if (content.size() % 700'001 == 0) content += eicar();
    }
    std::string parts = attachment("big.bin", content + eicar());
    for (int i = 0; i < 20; ++i) parts += attachment(std::to_string(i) + ".eml", mixed(attachment("v.com", eicar())));
    return mixed(parts);
}

TEST(ParallelScanner, TasksAndChunksGiveTheSerialVerdict) {
    const auto set = built_in_set();
    const auto message = mime::Message::own(large_mail());
    const std::string expected = whole(Scanner(set, patient_limits(), 1).scan(message));
    Arena arena(4);
    const Scanner parallel(set, patient_limits(), arena.threads());
    for (int i = 0; i < 3; ++i) {
        Verdict verdict;
        arena.run([&] { verdict = parallel.scan(message); });
        EXPECT_EQ(whole(verdict), expected);
    }
}

TEST(ParallelScanner, WhereALimitIsMetTheAnswerIsStillTheSerialOne) {
    Limits limits = patient_limits();
    limits.produced_bytes = 5'001'500;
    const auto set = built_in_set();
    const auto message = mime::Message::own(large_mail());
    const std::string expected = whole(Scanner(set, limits, 1).scan(message));
    Arena arena(4);
    const Scanner parallel(set, limits, arena.threads());
    Verdict verdict;
    arena.run([&] { verdict = parallel.scan(message); });
    EXPECT_EQ(whole(verdict), expected);
    EXPECT_FALSE(verdict.coverage.complete());
}

TEST(ParallelPipeline, EmitsInOrderWhatWorksInParallel) {
    struct Count final : Job {
        Count(std::vector<int>& out, int number) : results(out), n(number) {}
        void work() override { squared = n * n; }
        void emit() override { results.push_back(squared); }
        std::vector<int>& results;
        int n;
        int squared = 0;
    };
    std::vector<int> results;
    int next = 0;
    Arena arena(4);
    arena.run([&] {
        pipeline(16, [&]() -> std::unique_ptr<Job> {
            return next < 1000 ? std::make_unique<Count>(results, next++) : nullptr;
        });
    });
    ASSERT_EQ(results.size(), 1000u);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(results[i], i * i);
}

}  // namespace
}  // namespace postern::engine::tests
