// SPDX-License-Identifier: Apache-2.0
// Readings: one for honest leaves, all of them for ambiguous ones; the sweep; where decoded octets
// came from.
#include "mime/reading.h"

#include "mime/parser.h"
#include "tests/mime/support.h"

#include <gtest/gtest.h>

namespace postern::mime {
namespace {

std::string decoded(const Reading& reading, std::string_view text) {
    Buffer out;
    decode(reading, test::bytes(text), out);
    EXPECT_LE(out.size(), decoded_bound(reading));
    return test::text(out);
}

// "base64:declared:CONTENT", one for each reading of a message of one leaf.
std::vector<std::string> readings_in(const std::string& text) {
    const ParsedMessage message = parse(test::bytes(text));
    std::vector<std::string> result;
    for (const Reading& reading : readings_of(message.root, test::bytes(text))) {
        std::string line(name_of(reading.encoding));
        line += ':' + std::string(reading.why) + ':' + decoded(reading, text);
        if (!reading.filename.empty()) line += ':' + reading.filename;
        result.push_back(line);
    }
    return result;
}

std::string message(const std::string& encoding, const std::string& body) {
    return "Content-Transfer-Encoding: " + encoding + "\n\n" + body;
}

using Lines = std::vector<std::string>;
const std::string uu_cat = "begin 644 cat.txt\n#8V%T\n`\nend\n";

TEST(Reading, HonestLeavesHaveOne) {
    EXPECT_EQ(readings_in("A: b\n\ntext\n"), Lines{"identity:declared:text\n"});
    EXPECT_EQ(readings_in(message("7bit", "text\n")), Lines{"identity:declared:text\n"});
    EXPECT_EQ(readings_in(message("quoted-printable", "a=3Db\n")),
              Lines{"quoted-printable:declared:a=b\n"});
    EXPECT_EQ(readings_in(message("base64", "Y2F0\n")), Lines{"base64:declared:cat"});
    EXPECT_EQ(readings_in(message("base64", "Y2E=\n\n")), Lines{"base64:declared:ca"});
    EXPECT_EQ(readings_in(message("x-uuencode", uu_cat)), Lines{"uuencode:declared:cat:cat.txt"});
    EXPECT_EQ(readings_in(message("base64", "")), Lines{"base64:declared:"});
}

TEST(Reading, SeveralEncodingsAreAllTaken) {
    EXPECT_EQ(readings_in("Content-Transfer-Encoding: 7bit\n" + message("base64", "Y2F0\n")),
              (Lines{"identity:declared:Y2F0\n", "base64:declared:cat"}));
    EXPECT_EQ(readings_in(message("quoted-printable, base64", "Y2F0\n")).size(), 2U);
}

TEST(Reading, UnknownEncodingsAreTakenForWhatTheyLookLike) {
    EXPECT_EQ(readings_in(message("zip", "text\n")), Lines{"identity:unknown encoding:text\n"});
    EXPECT_EQ(readings_in(message("zip", "a=3Db\n")),
              (Lines{"quoted-printable:looks like quoted-printable:a=b\n",
                     "identity:unknown encoding:a=3Db\n"}));
    const std::string plain(60, 'x');
    EXPECT_EQ(readings_in(message("zip", test::base64(plain))).back(),
              "base64:looks like base64:" + plain);
}

TEST(Reading, PaddingInTheMiddleHasThree) {
    EXPECT_EQ(readings_in(message("base64", "YQ==Y2F0\n")),
              (Lines{"base64:declared:acat", "base64:padding in the middle:a",
                     "base64:padding in the middle:" + test::text_of({'a', 6, 0x36, 0x17})}));
}

TEST(Reading, Base64InATextIsFound) {
    const std::string plain(300, 'x');
    const auto readings =
        readings_in("A: b\n\nsome text\n\n" + test::base64(plain) + "\nmore text\n");
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(readings[1], "base64:looks like base64:" + plain);
}

TEST(Reading, DeclaredBase64ThatIsNoneIsReadAsText) {
    const std::string body = "this is just some text, in many words\n" + uu_cat;
    const auto readings = readings_in(message("base64", body));
    ASSERT_EQ(readings.size(), 3U);
    EXPECT_EQ(readings[1], "identity:does not look like base64:" + body);
    EXPECT_EQ(readings[2], "uuencode:embedded file:cat:cat.txt");
}

TEST(Reading, FilesInATextAreFound) {
    const std::string yenc =
        "=ybegin line=128 size=3 name=y.bin\r\n\x8D\x8B\x9E\r\n=yend size=3\r\n";
    const auto readings =
        readings_in("A: b\n\nhello\n" + uu_cat + "between\n" + yenc + "behind\n" + uu_cat);
    ASSERT_EQ(readings.size(), 4U);
    EXPECT_EQ(readings[1], "uuencode:embedded file:cat:cat.txt");
    EXPECT_EQ(readings[2], "yenc:embedded file:cat:y.bin");
    EXPECT_EQ(readings[3], "uuencode:embedded file:cat:cat.txt");
}

TEST(Reading, OrdinaryWordsAreNoFiles) {
    EXPECT_EQ(readings_in("A: b\n\nbegin 10 years ago we met, all of us\nand it went on\n").size(),
              1U);
    EXPECT_EQ(readings_in("A: b\n\n=====\nwords\n" + std::string(500, '-') + "\n").size(), 1U);
    std::string words;
    for (int i = 0; i < 200; ++i) words += "word\n";
    EXPECT_EQ(readings_in("A: b\n\n" + words).size(), 1U);
}

TEST(Sweep, FindsWhatNobodyCovers) {
    const std::string plain(60, 'x');
    const std::string text =
        "preamble of a list\n" + test::base64(plain, 40) + "\n\nend of it\n" + uu_cat;
    const auto readings = sweep({0, text.size()}, test::bytes(text));
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(decoded(readings[0], text), plain);
    EXPECT_EQ(decoded(readings[1], text), "cat");
    EXPECT_TRUE(sweep({0, 30}, test::bytes("This is a message in MIME format.\n")).empty());
    EXPECT_TRUE(sweep({5, 5}, {}).empty());
}

TEST(Sweep, StaysBoundedOnHostileText) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "begin 644 a\nend\n";
    const auto readings = sweep({0, text.size()}, test::bytes(text));
    EXPECT_EQ(readings.size(), 1000U);
    EXPECT_EQ(readings.back().range.end, text.size());
}

// All six bits turned over.
char complement_in_base64(char c) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return alphabet[63 - alphabet.find(c)];
}

// Changing the octet that encoded_offset() names must change the decoded octet it was asked for.
void expect_origin(const Reading& reading, const std::string& text) {
    const std::string plain = decoded(reading, text);
    for (std::size_t offset = 0; offset < plain.size(); ++offset) {
        const std::size_t at = encoded_offset(reading, test::bytes(text), offset);
        ASSERT_LT(at, text.size());
        std::string changed = text;
        const bool escape =
            reading.encoding == TransferEncoding::quoted_printable && text[at] == '=';
        char& victim = changed[escape ? at + 2 : at];
        victim = reading.encoding == TransferEncoding::base64
                     ? complement_in_base64(victim)
                     : static_cast<char>(victim == 'B' ? 'C' : 'B');
        const std::string other = decoded(reading, changed);
        ASSERT_EQ(other.size(), plain.size()) << offset << " at " << at;
        EXPECT_NE(other[offset], plain[offset]) << offset << " at " << at;
    }
}

TEST(Reading, TellsWhereAnOctetCameFrom) {
    const std::string plain = test::Random(9).octets(300);
    std::string text = "junk" + test::base64(plain);
    Reading reading;
    reading.encoding = TransferEncoding::base64;
    reading.range = {4, text.size()};
    expect_origin(reading, text);
    text = "A=42C=\r\nD=45\r\n";
    reading.encoding = TransferEncoding::quoted_printable;
    reading.range = {0, text.size()};
    expect_origin(reading, text);
    text = uu_cat;
    reading.encoding = TransferEncoding::uuencode;
    reading.range = {0, text.size()};
    expect_origin(reading, text);
    EXPECT_EQ(encoded_offset(Reading{TransferEncoding::identity, {3, 9}, {}, "", {}},
                             test::bytes(text), 2),
              5U);
}

TEST(Reading, AnyRangeAndAnyOctetsAreTaken) {
    test::Random random(10);
    static constexpr std::string_view pieces[] = {
        "begin 644 a\n",
        "end\n",
        "=ybegin name=b\n",
        "=yend\n",
        "Y2F0",
        "(This file must be converted with BinHex 4.0)\n:",
        "\n",
        "=",
        "M",
        "#8V%T\n",
        "\xFF",
        ":",
        "=\r\n"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::size_t n = random.below(30); n > 0; --n)
            text += pieces[random.below(std::size(pieces))];
        Entity leaf;
        leaf.body_range = {0, text.size()};
        leaf.encodings = {static_cast<TransferEncoding>(random.below(7)),
                          static_cast<TransferEncoding>(random.below(7))};
        for (const Reading& reading : readings_of(leaf, test::bytes(text))) {
            ASSERT_LE(reading.range.end, text.size());
            const std::size_t size = decoded(reading, text).size();
            ASSERT_LE(encoded_offset(reading, test::bytes(text), random.below(size + 2)),
                      text.size());
        }
    }
}

// Whoever decodes anyway is told of '=' in the middle afterwards, and comes to the same readings.
TEST(Reading, BeforeAndAfterDecodingAreTogetherAllOfThem) {
    test::Random random(12);
    const std::string_view pieces[] = {"Y2F0", "Y2E=", "Y2==", "=", "=\n", "Y", "\n", "-", "text of words "};
    const auto key = [](const Reading& reading) {
        return std::string(name_of(reading.encoding)) + ' ' + std::to_string(static_cast<int>(reading.padding)) + ' ' +
               std::to_string(reading.range.begin) + ' ' + std::to_string(reading.range.end);
    };
    std::size_t ambiguous = 0;
    for (int round = 0; round < 5'000; ++round) {
        std::string text;
        for (std::size_t n = random.below(12); n > 0; --n) text += pieces[random.below(std::size(pieces))];
        Entity leaf;
        leaf.body_range = {0, text.size()};
        leaf.encodings = {TransferEncoding::base64, static_cast<TransferEncoding>(random.below(7))};
        std::vector<std::string> all, found;
        for (const Reading& reading : readings_of(leaf, test::bytes(text))) all.push_back(key(reading));
        for (const Reading& reading : readings_before(leaf, test::bytes(text))) {
            Buffer out;
            found.push_back(key(reading));
            const DecodeResult result = decode(reading, test::bytes(text), out);
            for (const Reading& other : readings_after(reading, result)) found.push_back(key(other));
        }
        ambiguous += all.size() > 2 ? 1 : 0;
        std::ranges::sort(all);
        std::ranges::sort(found);
        ASSERT_EQ(found, all) << text;
    }
    EXPECT_GT(ambiguous, 100U);
}

}  // namespace
}  // namespace postern::mime
