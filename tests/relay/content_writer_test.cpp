// SPDX-License-Identifier: Apache-2.0
// What leaves is one message, whatever was put in: the sending half of SMTP smuggling.
#include "relay/content_writer.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace postern::relay {
namespace {

std::string sent(std::string_view octets, std::size_t piece) {
    ContentWriter writer;
    std::string out;
    for (std::size_t at = 0; at < octets.size(); at += piece) writer.write(octets.substr(at, piece), out);
    writer.finish(out);
    return out;
}

TEST(ContentWriter, WholeLinesPassAndDotsAreDoubled) {
    EXPECT_EQ(sent("a\r\n.b\r\n..\r\n.\r\nc.\r\n", 100), "a\r\n..b\r\n...\r\n..\r\nc.\r\n.\r\n");
    EXPECT_EQ(sent("", 1), ".\r\n");
    EXPECT_EQ(sent("no end", 2), "no end\r\n.\r\n");
}

TEST(ContentWriter, EveryOtherLineEndBecomesOne) {
    EXPECT_EQ(sent("a\n.\nb", 1), "a\r\n..\r\nb\r\n.\r\n");
    EXPECT_EQ(sent("a\r.\rb", 2), "a\r\n..\r\nb\r\n.\r\n");
    EXPECT_EQ(sent("a\r\r\n", 3), "a\r\n\r\n.\r\n");
    EXPECT_EQ(sent({"a\0b\r\n\0.\r\n", 9}, 4), "ab\r\n..\r\n.\r\n");
}

// A plain reader of RFC 5321 4.1.1.4, and the lenient ones that smuggling relies on.
bool ends_once(const std::string& out) {
    if (!out.ends_with("\r\n.\r\n") && out != ".\r\n") return false;
    const std::string body = "\r\n" + out.substr(0, out.size() - 3);
    for (const char* end : {"\r\n.\r\n", "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\n.\r", "\r.\n", "\r.\r\n"}) {
        if (body.find(end) != std::string::npos) return false;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i] == '\0' || (out[i] == '\n' && (i == 0 || out[i - 1] != '\r'))) return false;
        if (out[i] == '\r' && (i + 1 == out.size() || out[i + 1] != '\n')) return false;
    }
    return true;
}

TEST(ContentWriter, EveryMixtureOfLineEndsAndDotsEndsOnce) {
    constexpr std::string_view signs("\r\n.\0a", 5);
    for (std::size_t length = 1; length <= 6; ++length) {
        std::string text(length, ' ');
        std::size_t combinations = 1;
        for (std::size_t i = 0; i < length; ++i) combinations *= signs.size();
        for (std::size_t number = 0; number < combinations; ++number) {
            std::size_t rest = number;
            for (char& c : text) {
                c = signs[rest % signs.size()];
                rest /= signs.size();
            }
            const std::string whole = sent(text, length);
            ASSERT_TRUE(ends_once(whole)) << number << " of length " << length;
            for (std::size_t piece = 1; piece < length; ++piece) ASSERT_EQ(sent(text, piece), whole);
        }
    }
}

}  // namespace
}  // namespace postern::relay
