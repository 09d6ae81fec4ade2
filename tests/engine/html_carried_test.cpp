// SPDX-License-Identifier: Apache-2.0
#include "engine/html/carried.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace postern::engine::html {

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// "type|payload decoded", one for each, parted by blanks.
std::string shown(const std::vector<Carried>& all) {
    std::string text;
    for (const Carried& carried : all) {
        mime::Buffer out;
        decode(carried, out);
        if (!text.empty()) text += ' ';
        text += carried.media_type + "|";
        text.append(reinterpret_cast<const char*>(out.bytes().data()), out.size());
    }
    return text;
}

std::string uris(std::string_view text) { return shown(data_uris(bytes_of(text))); }

struct Case {
    std::string_view text;
    std::string_view found;
};

TEST(Carried, DataUrisAreFoundWhereverTheyStand) {
    const Case cases[] = {
        {"<img src=\"data:image/png;base64,QUJD\">", "image/png|ABC"},
        {"<img src=data:image/png;base64,QUJD>", "image/png|ABC"},
        {"<img src='DATA:Image/PNG;Base64,QUJD'>", "image/png|ABC"},
        {"<img src=' da\nta:a/b; charset=x ; base64 ,QU\n  JD'>", "a/b|ABC"},
        {"url(data:a/b,x%41%zzy)", "a/b|xA%zzy"},
        {"url( 'data:a/b,x y' )", "a/b|x y"},
        {"<a href=\"data:,%41\">", "|A"},
        {"<a href=\"data:;charset=x,a\">", "|a"},
        {"<a href='data:a/b;n=\"q\",c'>", "a/b|c"},
        {"data:a/b;base64,QUJ%44 words", "a/b|ABC"},
        {"'data:a/b;base64,QU\\\nJD'", "a/b|ABC"},
        {"data:a/b;base64,QUJD data:c/d;base64,REVG", "a/b|ABC c/d|DEF"},
        {"\"data:a/b;base64,_-8\"", "a/b|\xff\xef"},
    };
    for (const Case& expected : cases) EXPECT_EQ(uris(expected.text), expected.found) << expected.text;
}

TEST(Carried, WhatOnlyLooksAlikeIsNone) {
    for (const char* text : {"metadata:a/b,c", "x-data:a/b,c", "data: 1, 2", "{data:x,y}", "data:", "data:a/b",
                             "'data:a/b',c", "data a/b,c", "data:,", "\"data:;base64,\"", "ta:a/b,c"}) {
        EXPECT_EQ(uris(text), "") << text;
    }
}

TEST(Carried, OneUriInsideAnotherIsFoundToo) {
    EXPECT_EQ(uris("\"data:a/b,<img src='data:c/d;base64,QUJD'>\""),
              "a/b|<img src='data:c/d;base64,QUJD'> c/d|ABC");
}

TEST(Carried, LiteralsAreLongAndQuoted) {
    const std::string run = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2";
    ASSERT_EQ(run.size(), least_literal);
    const auto count = [](const std::string& text) { return base64_literals(bytes_of(text)).size(); };
    EXPECT_EQ(count("atob('" + run + "')"), 1U);
    EXPECT_EQ(count("x = \"" + run + "==\";"), 1U);
    EXPECT_EQ(count("['" + run + "', `" + run + "AAAA`]"), 2U);
    EXPECT_EQ(count("atob('" + run.substr(1) + "')"), 0U);
    EXPECT_EQ(count("atob(" + run + ")"), 0U);
    EXPECT_EQ(count("atob('" + run + "\")"), 0U);
    EXPECT_EQ(count("'" + run.substr(0, 32) + "." + run + "'"), 0U);
    EXPECT_EQ(count("'" + std::string(64, 'a') + "'"), 0U);  // a number in hexadecimal
    EXPECT_EQ(count(std::string(500, ' ') + "'" + std::string(3000, 'Q') + "'"), 1U);
}

std::string hidden(std::string_view text) {
    const DecodedCopy copy = decoded_copy(bytes_of(text));
    std::vector<Carried> all = data_uris(copy.text.bytes());
    std::erase_if(all, [&copy](const Carried& c) { return !was_hidden(copy, c); });
    return shown(all);
}

TEST(Carried, ReferencesAndEscapesHideNothing) {
    EXPECT_EQ(hidden("<a href='&#100;ata&colon;a/b&#x2c;c'>"), "a/b|c");
    EXPECT_EQ(hidden("<a href='data:a/b;base64,QU&#74D'>"), "a/b|ABC");
    EXPECT_EQ(hidden("url(\\64 ata:a/b,c)"), "a/b|c");
    EXPECT_EQ(hidden("'\\x64\\u0061t\\u{61}:a/b,c'"), "a/b|c");
    EXPECT_EQ(hidden("\"data:a\\/b;base64,QUJD\""), "a/b|ABC");
    EXPECT_EQ(hidden("<a href='data:a/b,c'> and far away, more than sixty-four octets of the text from "
                     "it &#65;"), "");
    EXPECT_EQ(hidden("&nbsp;&#160;&quot;\\n"), "");
}

TEST(Carried, StringsAreTakenWhole) {
    EXPECT_EQ(carried_in_string(bytes_of(std::string(40, 'Q') + "\n" + std::string(40, 'R'))).size(), 1U);
    EXPECT_EQ(carried_in_string(bytes_of("x data:a/b,c")).size(), 1U);
    EXPECT_EQ(carried_in_string(bytes_of("Words of some length, but no more than words, and nothing in "
                                         "them at all")).size(), 0U);
}

TEST(Carried, HostileTextsCostNoMoreThanTheirSize) {
    for (const std::string piece : {"data:", "\"data:a/b,", "data:a/b,", "data:a/b;base64,", "'data:\"", ":",
                                    "data:,\"'`", "d\n\n\n\n:", "&#100;ata:", "\\64 ", "&", "(data:/,", "A", "'A"}) {
        std::string text;
        while (text.size() < (4 << 20)) text += piece;
        const auto start = std::chrono::steady_clock::now();
        std::size_t payload = 0;
        for (const Carried& c : data_uris(bytes_of(text))) payload += c.payload.size();
        (void)base64_literals(bytes_of(text));
        (void)decoded_copy(bytes_of(text));
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << piece;
        EXPECT_LE(payload, 8 * text.size()) << piece;
    }
}

}  // namespace

}  // namespace postern::engine::html
