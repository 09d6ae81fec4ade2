// SPDX-License-Identifier: Apache-2.0
#include "relay/client_reply.h"

#include <gtest/gtest.h>

namespace postern::relay {
namespace {

using Result = ReplyParser::Result;

// The first reply of the octets, fed in pieces; its line, or the trouble.
std::string read(std::string_view octets, std::size_t piece) {
    ReplyParser parser;
    while (!octets.empty()) {
        std::string_view part = octets.substr(0, piece);
        octets.remove_prefix(part.size());
        const Result result = parser.feed(part);
        if (result == Result::broken) return "broken: " + parser.trouble();
        if (result == Result::reply) return parser.take().one_line();
    }
    return "more";
}

struct Case {
    std::string octets;
    std::string read;
};

TEST(ClientReply, IsReadTheSameInAnyPieces) {
    const Case cases[] = {
        {"250 ok\r\n", "250 ok"},
        {"250\r\n", "250"},
        {"250 \r\n", "250"},
        {"250-a\r\n250-\r\n250 b\r\n", "250 a b"},
        {"550-5.1.1 no such\r\n550 5.1.1 user\r\n", "550 5.1.1 no such user"},
        {"250-a\r\n", "more"},
        {"250 ok\n", "broken: the server's reply has a line that does not end in CRLF"},
        {"250 o\rk\r\n", "broken: the server's reply has a line that does not end in CRLF"},
        {"250-a\r\n251 b\r\n", "broken: the lines of the server's reply have different codes"},
        {"hello\r\n", "broken: the server's reply does not begin with a code: hello"},
        {"2500 ok\r\n", "broken: the server's reply does not begin with a code: 2500 ok"},
        {"650 ok\r\n", "broken: the server's reply does not begin with a code: 650 ok"},
        {"\r\n", "broken: the server's reply does not begin with a code: "},
        {"250 \x1b[31mred\x7f\xff\xc3\xa9\r\n", "250 ?[31mred??\xc3\xa9"},
        {"250 " + std::string(3000, 'x') + "\r\n", "broken: the server's reply has a line that is too long"},
        {std::string(3000, 'x'), "broken: the server's reply has a line that is too long"},
    };
    for (const Case& c : cases) {
        for (const std::size_t piece : {1u, 2u, 3u, 7u, 5000u}) EXPECT_EQ(read(c.octets, piece), c.read) << piece;
    }
}

TEST(ClientReply, ManyLinesEnd) {
    std::string octets;
    for (int i = 0; i < 101; ++i) octets += "250-x\r\n";
    EXPECT_EQ(read(octets, 64), "broken: the server's reply has too many lines");
}

TEST(ClientReply, WhatFollowsIsLeft) {
    ReplyParser parser;
    std::string_view input = "250 a\r\n354 b\r\n";
    EXPECT_EQ(parser.feed(input), Result::reply);
    EXPECT_EQ(input, "354 b\r\n");
}

TEST(ClientReply, EnhancedCodesThatDoNotFitAreNotBelieved) {
    const auto status = [](const char* line) {
        ReplyParser parser;
        std::string_view input = line;
        parser.feed(input);
        return parser.take().enhanced();
    };
    EXPECT_EQ(status("550 5.7.1 no\r\n"), "5.7.1");
    EXPECT_EQ(status("550 5.7.123\r\n"), "5.7.123");
    EXPECT_EQ(status("550 2.0.0 liar\r\n"), "5.0.0");
    EXPECT_EQ(status("450 4.7 what\r\n"), "4.0.0");
    EXPECT_EQ(status("450 4.7.1000\r\n"), "4.0.0");
    EXPECT_EQ(status("250 ok\r\n"), "2.0.0");
}

TEST(ClientReply, LongTextIsCutBetweenCharacters) {
    ClientReply reply{550, {std::string(995, 'a') + "\xc3\xa9\xc3\xa9\xc3\xa9"}};
    EXPECT_EQ(visible(reply.one_line()), reply.one_line());
}

}  // namespace
}  // namespace postern::relay
