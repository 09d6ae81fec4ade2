// SPDX-License-Identifier: Apache-2.0
// Lint: each doubt with its near miss; shadows against a plain search.
#include "signatures/lint/lint.h"
#include "signatures/lint/shadows.h"
#include "tests/support/command.h"

#include <gtest/gtest.h>
#include <random>

namespace postern::signatures::tests {
namespace {

using postern::tests::TemporaryFolder;

std::string hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789abcdef"[c & 15];
    }
    return out;
}

class Lint : public testing::Test {
protected:
    Linter& add(const std::string& name, const std::string& text) {
        linter.add_path(folder.write(name, text));
        return linter;
    }
    // "check line", in order.
    std::vector<std::string> told() {
        report = linter.finish();
        std::vector<std::string> out;
        for (const LintFinding& finding : report.findings) {
            out.push_back(std::string(finding.check) + ' ' + std::to_string(finding.diagnostic.line));
        }
        return out;
    }
    TemporaryFolder folder;
    Linter linter;
    LintReport report;
};

using Told = std::vector<std::string>;

TEST_F(Lint, ABodyWithoutALiteralIsSlowAndOneWithAnOffsetIsNot) {
    add("a.ndb", "# comment\nSlow:0:*:41??42??43\nPlaced:0:0:41??42??43\nFine:0:*:4142434445464748\n");
    EXPECT_EQ(told(), Told{"slow 2"});
    EXPECT_EQ(report.costs[0].name, "Slow");
    EXPECT_EQ(report.count(Severity::error), 0u);
}

TEST_F(Lint, TwoOrThreeOctetsAreShortAndFourAreNot) {
    add("a.ndb", "Two:0:*:f1e2??f3\nThree:0:*:f1e2d3??c4\nFour:0:*:f1e2d3c4??\n");
    EXPECT_EQ(told(), (Told{"short 1", "short 2"}));
}

TEST_F(Lint, ALogicalSignatureIsSlowWhenNothingMustBeFound) {
    add("a.ldb", "Never;Engine:51-255,Target:0;0=0;6162636465666768\n"
                 "Few;Engine:51-255,Target:0,Container:CL_TYPE_ZIP;0=0;6162636465666769\n"
                 "Once;Engine:51-255,Target:0;0;616263646566676a\n");
    EXPECT_EQ(told(), Told{"slow 1"});
}

TEST_F(Lint, WhatStandsOftenInMailIsCommonByCountAndNotOtherwise) {
    const std::string words = "of the committee";
    add("a.ndb", "Often:0:*:" + hex(words) + "\nRare:0:*:" + hex("zq9#x!vK") + "\n");
    std::string mail(200000, '.');
    for (std::size_t at = 0; at + 100 < mail.size(); at += 1000) mail.replace(at, words.size(), words);
    linter.measure(std::as_bytes(std::span(mail)));
    EXPECT_EQ(told(), Told{"common 1"});
    EXPECT_EQ(report.measured_octets, mail.size());
    EXPECT_EQ(report.costs[0].name, "Often");
    EXPECT_NEAR(report.costs[0].hits, 200 * 1048576.0 / 200000, 0.01);
    EXPECT_EQ(report.costs[1].hits, 0);
}

TEST_F(Lint, SameBodiesAndSameNames) {
    add("a.ndb", "One:0:*:" + hex("a body of its own") + "\n" +
                     "Two:0:*:" + [] {
                         std::string upper = hex("a body of its own");
                         for (char& c : upper) c = static_cast<char>(std::toupper(c));
                         return upper;
                     }() + ":50\n" +
                     "One:0:*:" + hex("quite another") + "\n" +
                     "Three:1:*:" + hex("a body of its own") + "\n" +  // another target
                     "Four:0:8:" + hex("a body of its own") + "\n");   // another offset
    // What stands in one place is shadowed by what may stand anywhere.
    EXPECT_EQ(told(), (Told{"same-body 2", "same-name 3", "shadowed 5"}));
}

TEST_F(Lint, LinesAndColumnsOfMistakesAreThoseOfTheLoader) {
    add("a.ndb", "Fine:0:*:4142434445464748\nBad:0:*:4142zz\n");
    EXPECT_EQ(told(), Told{"load 2"});
    EXPECT_EQ(report.findings[0].diagnostic.column, 13u);
    EXPECT_EQ(report.count(Severity::error), 1u);
}

TEST_F(Lint, AnIgnoreListTakesOutByNameOrEditionAndWhatItTakesOutShadowsNothing) {
    add("a.ndb", "Gone:0:*:" + hex("general octets") + "\n" +
                     "Inner:0:*:" + hex("more general octets") + "\n");
    add("b.ign2", "Gone\nInner:00000000000000000000000000000000\n");
    EXPECT_EQ(told(), Told{"ignored 1"});
}

TEST_F(Lint, MissingFilesAreErrors) {
    linter.add_path(folder.path() / "missing.ndb");
    linter.add_path(folder.write("name.unknown", "x"));
    told();
    EXPECT_EQ(report.count(Severity::error), 2u);
}

// Every general literal, in every literal of every other body.
bool is_shadowed_plainly(const std::vector<LintedSignature>& all, std::size_t which) {
    const auto pure = [](const LintedSignature& one) {
        return clamav::is_pure_literal(one.body) && one.offset.place == Place::anywhere;
    };
    for (const LintedSignature& general : all) {
        if (!pure(general) || general.ignored || general.target != all[which].target) continue;
        const std::string& literal = general.body.parts[0].elements[0].octets;
        if (pure(all[which]) && all[which].body.parts[0].elements[0].octets == literal) continue;
        for (const clamav::Part& part : all[which].body.parts) {
            for (const clamav::Element& element : part.elements) {
                if (element.kind != clamav::ElementKind::literal) continue;
                if (element.octets.find(literal) != std::string::npos) return true;
            }
        }
    }
    return false;
}

TEST(Shadows, AgreeWithAPlainSearchOverGeneratedSets) {
    std::mt19937 random(20261123);
    std::size_t shadowed = 0;
    std::size_t alone = 0;
    for (int round = 0; round < 1000; ++round) {
        std::vector<LintedSignature> all;
        for (int i = 0; i < 12; ++i) {
            std::string body;
            const auto literal = [&] {
                std::string octets(3 + random() % 6, 'a');
                for (char& c : octets) c = static_cast<char>('a' + random() % 3);
                return hex(octets);
            };
            body = literal();
            if (random() % 3 == 0) body += (random() % 2 ? "??" : "*") + literal();
            if (random() % 4 == 0) body += "(" + hex("abc") + "|" + hex("cab") + ")" + literal();
            const std::string line = "N:" + std::to_string(random() % 2) + ":" + (random() % 4 ? "*" : "7") + ":" + body;
            clamav::IgnoredNames none;
            auto one = linted(Format::ndb, line, none);
            ASSERT_TRUE(one) << line;
            one->ignored = random() % 8 == 0;
            all.push_back(std::move(*one));
        }
        const std::vector<std::size_t> fast = find_shadows(all);
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_EQ(fast[i] != no_shadow, is_shadowed_plainly(all, i)) << round << ' ' << i << ' ' << all[i].meaning;
            (fast[i] != no_shadow ? shadowed : alone)++;
        }
    }
    EXPECT_GT(shadowed, 500u);
    EXPECT_GT(alone, 500u);
}

}  // namespace
}  // namespace postern::signatures::tests
