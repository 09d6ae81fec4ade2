// SPDX-License-Identifier: Apache-2.0
// The text decoders: tables, and independence of how the input is cut.
#include "mime/binhex.h"
#include "mime/quoted_printable.h"
#include "mime/uuencode.h"
#include "mime/yenc.h"
#include "tests/mime/support.h"

#include <gtest/gtest.h>

namespace postern::mime {
namespace {

template <class Decoder>
std::string decoded(std::string_view input) {
    Decoder decoder;
    Buffer out;
    decoder.decode(test::bytes(input), out);
    decoder.finish(out);
    EXPECT_LE(out.size(), Decoder::bound(input.size()));
    return test::text(out);
}

template <class Decoder>
std::string decoded_in_chunks(std::string_view input, test::Random& random) {
    Decoder decoder;
    Buffer out;
    while (!input.empty()) {
        const std::size_t size = std::min<std::size_t>(input.size(), random.below(12));
        decoder.decode(test::bytes(input.substr(0, size)), out);
        input.remove_prefix(size);
    }
    decoder.finish(out);
    return test::text(out);
}

struct Case {
    std::string input;
    std::string output;
};

const Case quoted_printable_cases[] = {
    {"", ""},
    {"plain\r\n", "plain\r\n"},
    {"a=3Db", "a=b"},
    {"=e4=E4", "\xE4\xE4"},
    {"soft=\r\nbreak", "softbreak"},
    {"soft=\nbreak", "softbreak"},
    {"soft=\rbreak", "softbreak"},
    {"soft= \t\r\nbreak", "softbreak"},
    {"not soft= x", "not soft= x"},
    {"=ZZ", "=ZZ"},
    {"=4", "=4"},
    {"=4Z=41", "=4ZA"},
    {"==41", "=A"},
    {"end=", "end"},
    {"blanks at the end  \r\n", "blanks at the end  \r\n"},
    {"=" + std::string(300, ' ') + "x", "=" + std::string(300, ' ') + "x"},
};

TEST(QuotedPrintable, DoesWhatTheTableSays) {
    for (const Case& c : quoted_printable_cases) EXPECT_EQ(decoded<QuotedPrintableDecoder>(c.input), c.output) << c.input;
}

// "cat" and 50 octets of 'x', as the classic tools write them.
const std::string uu_cat = "begin 644 cat.txt\n#8V%T\n`\nend\n";

const Case uuencode_cases[] = {
    {uu_cat, "cat"},
    {"text before\n\n" + uu_cat + "text behind\n" + uu_cat, "catcat"},
    {"begin 0 a\r\n#8V%T\r\n \r\nend\r\n", "cat"},
    {"begin 755 a\n#8V%T", "cat"},
    {"#8V%T\n", "cat"},
    {"begin 644 checksum\n#8V%TX\n`\nend\n", "cat"},
    {"begin 644 lost blanks\n$86(\n`\nend\n", std::string("ab\0\0", 4)},
    {"nothing here\n", ""},
    {"begin the day\n", ""},
};

TEST(Uuencode, DoesWhatTheTableSays) {
    for (const Case& c : uuencode_cases) EXPECT_EQ(decoded<UuencodeDecoder>(c.input), c.output) << c.input;
}

TEST(Uuencode, KnowsItsFirstLine) {
    EXPECT_EQ(uuencode_begin("begin 644 a b.exe\r\n"), "a b.exe");
    EXPECT_EQ(uuencode_begin("begin 7 x"), "x");
    EXPECT_EQ(uuencode_begin("begin 888 x"), std::nullopt);
    EXPECT_EQ(uuencode_begin("begin 644"), std::nullopt);
    EXPECT_EQ(uuencode_begin("beginning"), std::nullopt);
}

std::string yenc_of(std::string_view plain) {
    std::string text = "=ybegin line=8 size=" + std::to_string(plain.size()) + " name=a b.bin\r\n";
    std::size_t column = 0;
    for (const char c : plain) {
        const char moved = static_cast<char>(c + 42);
        if (std::string_view("\0\r\n=", 4).find(moved) != std::string_view::npos) {
            text += '=';
            text += static_cast<char>(moved + 64);
        } else {
            text += moved;
        }
        if (++column % 8 == 0) text += "\r\n";
    }
    return text + "\r\n=yend size=1\r\n";
}

TEST(Yenc, ReturnsWhatWasEncoded) {
    test::Random random(5);
    for (std::size_t size = 0; size < 600; ++size) {
        const std::string plain = random.octets(size);
        EXPECT_EQ(decoded<YencDecoder>("before\n" + yenc_of(plain) + "behind\n"), plain);
    }
    EXPECT_EQ(yenc_begin("=ybegin line=8 size=1 name=a b.bin\r\n"), "a b.bin");
    EXPECT_EQ(yenc_begin("=yend"), std::nullopt);
}

// A BinHex encoder without runs, except the marker's own escape.
std::string binhex_of(std::string_view data, std::string_view resource) {
    static constexpr std::string_view alphabet =
        "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
    std::string file = std::string("\5a.bin", 6) + std::string(1, '\0') + "TEXTttxt" + std::string(2, '\0');
    for (const std::size_t size : {data.size(), resource.size()}) {
        for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(size >> shift);
    }
    file += "cc" + std::string(data) + "cc" + std::string(resource) + "cc";
    std::string octets;
    for (const char c : file) {
        octets += c;
        if (c == '\x90') octets += '\0';
    }
    std::string text = "(This file must be converted with BinHex 4.0)\r\n\r\n:";
    unsigned bits = 0;
    unsigned count = 0;
    std::size_t column = 1;
    const auto put = [&](unsigned sextet) {
        text += alphabet[sextet & 63];
        if (++column % 64 == 0) text += "\r\n";
    };
    for (const char c : octets) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6) put(bits >> (count - 6));
        bits &= 63;
    }
    if (count > 0) put(bits << (6 - count));
    return text + ":\r\n";
}

TEST(Binhex, ReturnsBothForks) {
    test::Random random(6);
    for (std::size_t size = 0; size < 300; ++size) {
        const std::string data = random.octets(size);
        const std::string resource = random.octets(random.below(40));
        ASSERT_EQ(decoded<BinhexDecoder>(binhex_of(data, resource) + "text behind: more\n"), data + resource);
    }
    BinhexDecoder decoder;
    Buffer out;
    decoder.decode(test::bytes(binhex_of("data", "")), out);
    EXPECT_EQ(decoder.name(), "a.bin");
    EXPECT_FALSE(decoder.finish(out).truncated);
}

TEST(Decoders, DoNotDependOnChunks) {
    test::Random random(8);
    std::vector<std::string> inputs;
    for (const Case& c : quoted_printable_cases) inputs.push_back(c.input);
    for (const Case& c : uuencode_cases) inputs.push_back(c.input);
    inputs.push_back(yenc_of(random.octets(100)));
    inputs.push_back(binhex_of(random.octets(100), "resource"));
    for (int round = 0; round < 20'000; ++round) {
        std::string input = inputs[random.below(inputs.size())] + inputs[random.below(inputs.size())];
        for (std::size_t n = random.below(4); n > 0 && !input.empty(); --n) {
            input[random.below(input.size())] = "=\r\n :`M\x90"[random.below(8)];
        }
        ASSERT_EQ(decoded_in_chunks<QuotedPrintableDecoder>(input, random), decoded<QuotedPrintableDecoder>(input));
        ASSERT_EQ(decoded_in_chunks<UuencodeDecoder>(input, random), decoded<UuencodeDecoder>(input));
        ASSERT_EQ(decoded_in_chunks<YencDecoder>(input, random), decoded<YencDecoder>(input));
        ASSERT_EQ(decoded_in_chunks<BinhexDecoder>(input, random), decoded<BinhexDecoder>(input));
    }
}

}  // namespace
}  // namespace postern::mime
