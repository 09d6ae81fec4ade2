// SPDX-License-Identifier: Apache-2.0
// Which signatures see which form of a page, through the whole scanner.
#include "tests/engine/scanner_fixture.h"

#include <gtest/gtest.h>

namespace postern::engine::tests {
namespace {

std::string hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
        constexpr char digits[] = "0123456789abcdef";
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[c & 15];
    }
    return out;
}

// The names found in a mail whose body is `page`, for one signature of `target` that looks for `text`.
std::string found(const std::string& target, std::string_view text, const std::string& page) {
    signatures::SetBuilder builder;
    builder.add_text("s.ndb", "S:" + target + ":*:" + hex(text) + "\n");
    const Scanner scanner(builder.build(1), patient_limits(), 1);
    const std::string mail = "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + page;
    std::string all;
    for (const Finding& f : scanner.scan(mime::Message::own(mail)).findings) all += f.content + " ";
    return all;
}

const std::string page =
    "<HTML><Body>Plain  WORDS<!-- hidden -->here <B>bold</B> <a href='X'>l</a>"
    "<script>var Q = 'ab' + 'cd';</script></body></html>";

TEST(HtmlScan, FormsAreForHtmlAndAny) {
    for (const char* target : {"0", "3"}) {
        EXPECT_EQ(found(target, "plain wordshere <b>bold", page), "1 ") << target;  // without comments
        EXPECT_EQ(found(target, "words here bold", page), "1 ") << target;          // without tags
        EXPECT_EQ(found(target, "n000=\"abcd\"", page), "1 ") << target;            // the script
        EXPECT_EQ(found(target, "plain wordshexe", page), "") << target;
    }
}

TEST(HtmlScan, TextSignaturesSeeTheScriptAlone) {
    EXPECT_EQ(found("7", "n000=\"abcd\"", page), "1 ");
    EXPECT_EQ(found("7", "plain wordshere <b>bold", page), "");
}

TEST(HtmlScan, ThePageAsItStandsIsForAnyAlone) {
    EXPECT_EQ(found("3", "WORDS<!-- hidden", page), "");
    EXPECT_NE(found("0", "WORDS<!-- hidden", page), "");
}

TEST(HtmlScan, WhatIsCarriedIsAContent) {
    const std::string carrying = page + "<img src='data:text/plain,in%20the%20U%52I'>";
    EXPECT_EQ(found("0", "in the URI", carrying), "1/data-1 ");
    EXPECT_EQ(found("0", "in the URL", carrying), "");
}

}  // namespace
}  // namespace postern::engine::tests
