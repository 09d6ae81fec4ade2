// SPDX-License-Identifier: Apache-2.0
// The small machines of the receiving half, where dialogues do not reach: every way to cut their
// input, every octet.
#include "relay/address.h"
#include "relay/dot_stuffing.h"
#include "relay/header_filter.h"
#include "relay/network.h"
#include "relay/proxy_protocol.h"
#include "relay/reply.h"
#include "relay/trace.h"
#include "relay/xtext.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <random>

namespace postern::relay {

namespace {

struct Unstuffed {
    std::string content;
    ContentFault fault{};
    std::size_t end = std::string::npos;  // where the message's octets end; npos: not seen
    bool operator==(const Unstuffed&) const = default;
};

// The standard, word by word and octet by octet: what a second reader makes of it.
Unstuffed plainly(const std::string& input) {
    Unstuffed result;
    const auto mark = [&](ContentFault fault) {
        if (result.fault == ContentFault::none) result.fault = fault;
    };
    bool line_start = true;
    for (std::size_t i = 0; i < input.size(); ++i) {
        if (line_start && input.compare(i, 3, ".\r\n") == 0) {
            result.end = i + 3;
            return result;
        }
        if (line_start && input[i] == '.') {
            if (i + 1 < input.size() && input[i + 1] == '\n') result.content += '.';
            if (i + 2 < input.size() && input[i + 1] == '\r') result.content += '.';
            line_start = false;
            continue;
        }
        line_start = false;
        if (input.compare(i, 2, "\r\n") == 0) {
            result.content += "\r\n";
            line_start = true;
            ++i;
            continue;
        }
        if (input[i] == '\n') mark(ContentFault::bare_lf);
        if (input[i] == '\r') mark(ContentFault::bare_cr);
        if (input[i] == '\0') mark(ContentFault::nul);
        result.content += input[i];
    }
    return result;
}

Unstuffed by_pieces(const std::string& input, std::size_t length) {
    Unstuffed result;
    DotUnstuffer unstuffer;
    for (std::size_t at = 0; at < input.size(); at += length) {
        std::string_view piece = std::string_view(input).substr(at, length);
        const std::size_t given = piece.size();
        if (unstuffer.feed(piece, result.content)) {
            result.end = at + given - piece.size();
            break;
        }
    }
    result.fault = unstuffer.fault();
    return result;
}

std::string of_signs(std::mt19937& random, std::string_view signs, std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += signs[random() % signs.size()];
    return text;
}

TEST(DotUnstuffer, AgreesWithAPlainReaderHoweverItIsCut) {
    std::mt19937 random(5321);
    for (int round = 0; round < 20000; ++round) {
        const std::string input =
            of_signs(random, std::string_view("\r\n\r\n\r\n..a\0", 10), 1 + random() % 24) +
            "\r\n.\r\n";
        const Unstuffed wanted = plainly(input);
        for (const std::size_t length :
             {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, input.size()}) {
            ASSERT_EQ(by_pieces(input, length), wanted) << round << " cut by " << length;
        }
    }
}

TEST(HeaderFilter, CutsMakeNoDifference) {
    std::mt19937 random(5322);
    const std::string_view words[] = {"X-Postern-Scan: a\r\n",
                                      "Received: by relay.example.org\r\n",
                                      " folded\r\n",
                                      "\tmore\r\n",
                                      "Subject: x\r\n",
                                      "no field\r\n",
                                      "x-postern-scan",
                                      ":",
                                      "\r\n",
                                      "\r",
                                      "received :\r\n",
                                      "X-Postern-Scanner: y\r\n"};
    for (int round = 0; round < 5000; ++round) {
        std::string input;
        for (auto i = random() % 12; i > 0; --i) input += words[random() % std::size(words)];
        std::string whole;
        HeaderFilter one("relay.example.org");
        one.feed(input, whole);
        one.finish(whole);
        for (const std::size_t length : {1, 2, 5}) {
            std::string pieces;
            HeaderFilter other("relay.example.org");
            for (std::size_t at = 0; at < input.size(); at += length)
                other.feed(std::string_view(input).substr(at, length), pieces);
            other.finish(pieces);
            ASSERT_EQ(pieces, whole) << input;
            ASSERT_EQ(other.received(), one.received()) << input;
            ASSERT_EQ(other.received_here(), one.received_here()) << input;
        }
    }
}

TEST(Address, WhatIsAcceptedIsReadAgainAsItself) {
    std::mt19937 random(6531);
    unsigned accepted = 0;
    for (int round = 0; round < 200000; ++round) {
        const std::string text =
            "<" + of_signs(random, "ab1.@\"\\ []:-_<>\xc3\xbc\r", 1 + random() % 12) + "@b.c>";
        const Path path = parse_path(text, PathKind::reverse);
        if (path.fault != AddressFault::none || path.mailbox.empty()) continue;
        ++accepted;
        EXPECT_EQ("<" + path.mailbox + ">", text.substr(0, path.size));
        EXPECT_EQ(path.mailbox.find_first_of("\r\n"), std::string::npos);
        const std::string domain = path.mailbox.substr(path.mailbox.rfind('@') + 1);
        EXPECT_TRUE(is_domain(domain, Charset::utf8)) << text;
    }
    EXPECT_GT(accepted, 500u);
}

TEST(Xtext, GoesThereAndBack) {
    std::string all;
    for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
    EXPECT_EQ(decode_xtext(encode_xtext(all)), all);
    for (const char* bad : {"a=b", "+", "+4", "+zz", "+2b", "a b", "\x7f"})
        EXPECT_FALSE(decode_xtext(bad)) << bad;
}

TEST(Network, ContainsItsAddresses) {
    EXPECT_TRUE(Network::parse("10.0.0.0/8")->contains(*IpAddress::parse("10.255.0.1")));
    EXPECT_FALSE(Network::parse("10.0.0.0/8")->contains(*IpAddress::parse("11.0.0.1")));
    EXPECT_TRUE(Network::parse("10.0.0.0/8")->contains(*IpAddress::parse("::ffff:10.1.2.3")));
    EXPECT_TRUE(Network::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:7fff::1")));
    EXPECT_FALSE(Network::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:8000::1")));
    EXPECT_TRUE(Network::parse("0.0.0.0/0")->contains(*IpAddress::parse("192.0.2.1")));
    EXPECT_FALSE(Network::parse("0.0.0.0/0")->contains(*IpAddress::parse("::1")));
    for (const char* bad : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "x", "",
                            "::1/129", "10.0.0.0/8x"}) {
        EXPECT_FALSE(Network::parse(bad)) << bad;
    }
}

TEST(ProxyHeader, Version1) {
    const auto header = parse_proxy_header("PROXY TCP4 192.0.2.7 192.0.2.1 50123 25\r\nEHLO x\r\n");
    EXPECT_EQ(header.kind, ProxyHeader::Kind::proxied);
    EXPECT_EQ(header.size, 41u);
    EXPECT_EQ(header.source->text(), "192.0.2.7");
    EXPECT_EQ(header.source_port, 50123);
    EXPECT_EQ(parse_proxy_header("PROXY TCP6 2001:db8::7 ::1 1 25\r\n").source->text(),
              "2001:db8::7");
    EXPECT_EQ(parse_proxy_header("PROXY UNKNOWN\r\n").kind, ProxyHeader::Kind::local);
    EXPECT_EQ(parse_proxy_header("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n").kind,
              ProxyHeader::Kind::local);
    for (const char* bad :
         {"EHLO x\r\n", "PROXY TCP4 192.0.2.7\r\n", "PROXY TCP4 2001:db8::7 ::1 1 25\r\n",
          "PROXY TCP4 1.2.3.4 1.2.3.4 65536 25\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 25\r\n",
          "PROXY TCP4 1.2.3.4 1.2.3.4 1 25 \r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 25\n\r\n",
          "PROXY  TCP4 1.2.3.4 1.2.3.4 1 25\r\n", "proxy TCP4 1.2.3.4 1.2.3.4 1 25\r\n"}) {
        EXPECT_EQ(parse_proxy_header(bad).kind, ProxyHeader::Kind::malformed) << bad;
    }
    EXPECT_EQ(parse_proxy_header("PROXY " + std::string(200, 'x')).kind,
              ProxyHeader::Kind::malformed);
    EXPECT_EQ(parse_proxy_header("PROXY TCP4 192.0").kind, ProxyHeader::Kind::incomplete);
}

TEST(ProxyHeader, Version2) {
    const std::string fixed("\r\n\r\n\0\r\nQUIT\n", 12);
    const std::string v4 =
        fixed + std::string("\x21\x11\x00\x0c\xc0\x00\x02\x07\xc0\x00\x02\x01\xc3\xcb\x00\x19", 16);
    const auto header = parse_proxy_header(v4 + "EHLO");
    EXPECT_EQ(header.kind, ProxyHeader::Kind::proxied);
    EXPECT_EQ(header.size, v4.size());
    EXPECT_EQ(header.source->text(), "192.0.2.7");
    EXPECT_EQ(header.source_port, 50123);
    EXPECT_EQ(parse_proxy_header(fixed + std::string("\x20\x00\x00\x00", 4)).kind,
              ProxyHeader::Kind::local);
    EXPECT_EQ(parse_proxy_header(fixed + std::string("\x21\x11\x00\x04\xc0\x00\x02\x07", 8)).kind,
              ProxyHeader::Kind::malformed);
    EXPECT_EQ(
        parse_proxy_header(fixed + std::string("\x11\x11\x00\x0c", 4) + std::string(12, 'x')).kind,
        ProxyHeader::Kind::malformed);
    EXPECT_EQ(parse_proxy_header(fixed + std::string("\x21\x11\xff\xff", 4)).kind,
              ProxyHeader::Kind::malformed);
    for (std::size_t length = 0; length < v4.size(); ++length) {
        EXPECT_EQ(parse_proxy_header(v4.substr(0, length)).kind, ProxyHeader::Kind::incomplete)
            << length;
    }
}

TEST(Reply, LinesAreBoundedAndClean) {
    const Reply reply{550, "5.7.1", {std::string(2000, 'x') + "\r\n250 ok \xc3\xbc", "last"}};
    const std::string octets = wire(reply);
    std::size_t lines = 0;
    for (std::size_t at = 0; at < octets.size(); ++lines) {
        const std::size_t end = octets.find("\r\n", at);
        ASSERT_NE(end, std::string::npos);
        EXPECT_LE(end + 2 - at, 512u);
        EXPECT_EQ(octets.substr(at, 3), "550");
        EXPECT_EQ(octets.substr(at + 4, 6), "5.7.1 ");
        EXPECT_EQ(octets[at + 3], end + 2 == octets.size() ? ' ' : '-');
        at = end + 2;
    }
    EXPECT_GT(lines, 4u);
    EXPECT_EQ(octets.find('\xc3'), std::string::npos);
    EXPECT_NE(wire(reply, ReplyText::utf8).find("\xc3\xbc"), std::string::npos);
}

TEST(Trace, ReceivedSaysWhoHowAndWhen) {
    Envelope envelope;
    envelope.client = {"2001:db8::7",
                       40000,
                       "client.example.org",
                       "ESMTPS",
                       "TLSv1.3 with cipher X (256 bits)",
                       "",
                       ""};
    envelope.forward_paths = {{"user@example.net", {}, ""}};
    const std::string one = received_field(envelope, "relay.example.org", "ID42", 0);
    EXPECT_TRUE(one.starts_with(
        "Received: from client.example.org ([IPv6:2001:db8::7])\r\n\tby relay.example.org"))
        << one;
    EXPECT_NE(one.find("with ESMTPS"), std::string::npos);
    EXPECT_NE(one.find("id ID42"), std::string::npos);
    EXPECT_NE(one.find("for <user@example.net>;"), std::string::npos);
    EXPECT_TRUE(one.ends_with("\r\n"));
    envelope.forward_paths.push_back({"other@example.net", {}, ""});
    EXPECT_EQ(received_field(envelope, "relay.example.org", "ID42", 0).find("for <"),
              std::string::npos);
}

TEST(Replies, EnhancedCodesAgreeWithCodes) {
    for (const StandardReply* reply : standard_replies()) {
        if (!reply->enhanced.empty()) {
            EXPECT_EQ(reply->enhanced.front() - '0', reply->code / 100) << reply->text;
        }
    }
}

TEST(Replies, TheOperatorsPageTellsOfEachRefusal) {
    const std::string page = tests::read_file(tests::source_path("docs/operators.md"));
    for (const StandardReply* reply : standard_replies()) {
        if (reply->code < 400) continue;
        EXPECT_NE(page.find("| " + std::string(reply->text) + " |"), std::string::npos)
            << reply->text;
    }
}

}  // namespace

}  // namespace postern::relay
