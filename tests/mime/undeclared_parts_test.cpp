// SPDX-License-Identifier: Apache-2.0
// Parts that no header declares: what is taken for them and what is not.
#include "mime/undeclared_parts.h"

#include "mime/parser.h"

#include <gtest/gtest.h>
#include <random>

namespace postern::mime {
namespace {

std::span<const std::byte> octets(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::vector<Reading> found_in(std::string_view text) {
    std::vector<Reading> readings;
    find_undeclared_parts({0, text.size()}, octets(text), readings);
    return readings;
}

TEST(UndeclaredParts, ADelimiterAndAContentFieldMakeParts) {
    for (const std::string end : {"\n", "\r\n"}) {
        for (const std::string token : {"b", "=_x y", "---- =_Next", "b--", "----"}) {
            for (const std::string field : {"Content-Type: text/plain", "CONTENT-DISPOSITION : inline",
                                            "X-Other: 1", "no field"}) {
                const std::string header = field + end + "content-id: <a>" + end + end;
                const std::string parts = "--" + token + " " + end + header + "x" + end + "--" + token +
                                          end + end + "y" + end + "--" + token + "--" + end;
                const std::string text = "Hello," + end + parts + "behind";
                const auto readings = found_in(text);
                ASSERT_EQ(readings.size(), 1U) << text;
                EXPECT_EQ(readings[0].boundary, token);
                EXPECT_EQ(text.substr(readings[0].range.begin, readings[0].range.size()), parts);
            }
        }
    }
}

TEST(UndeclaredParts, OrdinaryTextHasNone) {
    for (const std::string_view text : {
             "", "-", "--", "--b", "--b\n", "--b\n\nContent-Type: text/plain\n\n",
             "Regards\n-- \nAnna\nTel: 12\n", "-- \nContent-Type: text/plain\n\n",
             "Title\n-----\nText: and more\n\n-----\n", "x --b\nContent-Type: text/plain\n\n",
             "-----Original Message-----\nFrom: a@example.org\nSubject: x\n\nContent-Type: a/b\n",
             "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n",
             "--- a/x.cpp\n+++ b/x.cpp\n@@ -1,2 +1,2 @@\n-a: b\n+a: c\n",
             "--b\nContent is king\n\n", "--b\nContent: x\n\n",
         }) {
        EXPECT_TRUE(found_in(text).empty()) << text;
    }
}

TEST(UndeclaredParts, StretchesFollowEachOtherAndNeverOverlap) {
    std::mt19937 random(17);
    const auto chance = [&](std::mt19937::result_type n) { return random() % n == 0; };
    for (int round = 0; round < 300; ++round) {
        std::string text;
        for (auto n = random() % 30; n > 0; --n) {
            const std::string token(1, static_cast<char>('a' + random() % 3));
            if (chance(2)) text += "--" + token + (chance(3) ? "--\n" : "\n");
            text += chance(2) ? "Content-Type: text/plain\n" : chance(2) ? "\n" : "words --a\n";
        }
        std::size_t behind = 0;
        for (const Reading& reading : found_in(text)) {
            EXPECT_GE(reading.range.begin, behind);
            EXPECT_LE(reading.range.end, text.size());
            EXPECT_TRUE(text.substr(reading.range.begin).starts_with("--" + reading.boundary));
            behind = reading.range.end;
            const ParsedMessage parts = parse_parts(octets(text), reading);
            EXPECT_EQ(parts.root.body_range, reading.range);
        }
    }
}

// The parts are those that a header which declares them would have given, in the ranges of the same octets.
TEST(UndeclaredParts, ParseAsIfTheyWereDeclared) {
    const std::string body = "--b\nContent-Type: text/html\n\n<p>\n--b\nContent-Type: multipart/mixed; "
                             "boundary=c\n\n--c\n\nx\n--c--\n--b\n\nlast\n--b--\n";
    const std::string header = "Content-Type: multipart/mixed; boundary=b\n\n";
    const std::string declared = header + body;
    const auto readings = found_in(body);
    ASSERT_EQ(readings.size(), 1U);
    const ParsedMessage plain = parse_parts(octets(body), readings[0]);
    const ParsedMessage whole = parse(octets(declared));
    EXPECT_EQ(plain.entities, whole.entities);
    EXPECT_TRUE(plain.complete);
    ASSERT_EQ(plain.root.children.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const Entity& a = plain.root.children[i];
        const Entity& b = whole.root.children[i];
        EXPECT_EQ(a.section, b.section);
        EXPECT_EQ(a.media_type, b.media_type);
        EXPECT_EQ(a.body_range.begin + header.size(), b.body_range.begin);
        EXPECT_EQ(a.body_range.end + header.size(), b.body_range.end);
    }
    const ParsedMessage few = parse_parts(octets(body), readings[0], {.depth = 100, .entities = 2});
    EXPECT_FALSE(few.complete);
    EXPECT_LE(few.entities, 2U);
}

// Many lines that could be delimiters, with long headers below them: a hundred thousand take no time.
TEST(UndeclaredParts, HostileTextCostsLinearTime) {
    std::string lines;
    for (int i = 0; i < 200'000; ++i) lines += "--a: b\n";
    EXPECT_TRUE(found_in(lines).empty());
    std::string stretches;
    for (int i = 0; i < 100'000; ++i) stretches += "--" + std::to_string(i) + "\nContent-A: b\n\n";
    const auto nested = found_in(stretches);
    ASSERT_EQ(nested.size(), 1U);
    EXPECT_EQ(nested[0].range.end, stretches.size());
    std::string closed;
    for (int i = 0; i < 5'000; ++i) closed += "--b\nContent-A: b\n\nx\n--b--\n";
    const auto many = found_in(closed);
    EXPECT_EQ(many.size(), 1000U);
    EXPECT_EQ(many.back().range.end, closed.size());
}

}  // namespace
}  // namespace postern::mime
