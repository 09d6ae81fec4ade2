// SPDX-License-Identifier: Apache-2.0
// Documents that hold streams: PDF and OLE2, honest ones and such as lie about where things are.
#include "tests/engine/compound_builder.h"
#include "tests/engine/expanding.h"
#include "tests/engine/scanner_fixture.h"
#include "tests/support/archive_writer.h"

#include <gtest/gtest.h>

namespace postern::tests {
namespace {

using engine::FileType;

Collected streams_of(const std::string& document, FileType type, const engine::Limits& limits = {}) {
    Collected collected;
    engine::Budget budget(limits, document.size());
    engine::Content content;
    content.bytes = octets(document);
    engine::expand::expand_streams(content, type, budget, collected);
    return collected;
}

// What gzip packs, without its header and its sums.
std::string deflated(const std::string& text) {
    const std::string gzip = filtered("gzip", text);
    return gzip.substr(10, gzip.size() - 18);
}

std::string zlib(const std::string& text) { return "\x78\x9c" + deflated(text) + "sums"; }

std::string pdf_with(const std::string& dictionary, const std::string& data) {
    return "%PDF-1.4\n1 0 obj\n<< " + dictionary + " >>\nstream\r\n" + data + "\nendstream\nendobj\n%%EOF\n";
}

struct Filtered {
    const char* dictionary;
    std::string data;
};

const std::string hidden = "what is hidden here, hidden here, hidden here";

class PdfFilters : public testing::TestWithParam<Filtered> {};

TEST_P(PdfFilters, AreUndone) {
    const std::string pdf = pdf_with(GetParam().dictionary, GetParam().data);
    EXPECT_TRUE(streams_of(pdf, FileType::pdf).has(hidden)) << GetParam().dictionary;
}

std::string hex_digits(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
        if (out.size() % 40 == 0) out += '\n';
    }
    return out + '>';
}

std::string base85(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 4) {
        const std::size_t n = std::min<std::size_t>(4, text.size() - at);
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            value = value << 8 | (i < n ? static_cast<unsigned char>(text[at + i]) : 0U);
        }
        std::string group(5, '!');
        for (std::size_t i = 5; i-- > 0; value /= 85) group[i] = static_cast<char>('!' + value % 85);
        out += group.substr(0, n + 1);
    }
    return out + "~>";
}

// Of codes that never look back: every octet is its own code, with a new table before it can grow wider.
std::string lzw(const std::string& text) {
    std::string out;
    std::uint32_t bits = 0;
    unsigned have = 0;
    const auto put = [&](unsigned code) {
        bits = bits << 9 | code;
        for (have += 9; have >= 8; have -= 8) out += static_cast<char>(bits >> (have - 8));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i % 100 == 0) put(256);
        put(static_cast<unsigned char>(text[i]));
    }
    put(257);
    return out + static_cast<char>(bits << (8 - have));
}

INSTANTIATE_TEST_SUITE_P(
    All, PdfFilters,
    testing::Values(Filtered{"/Length 45", hidden}, Filtered{"/Filter /FlateDecode", zlib(hidden)},
                    Filtered{"/Filter/Fl/Length 3", zlib(hidden)}, Filtered{"/Filter [/F#6cateDecode]", zlib(hidden)},
                    Filtered{"/Filter /FlateDecode", deflated(hidden)},
                    Filtered{"/Filter /ASCIIHexDecode", hex_digits(hidden)},
                    Filtered{"/Filter /ASCII85Decode", base85(hidden)}, Filtered{"/Filter /LZWDecode", lzw(hidden)},
                    Filtered{"/Filter /RunLengthDecode", static_cast<char>(hidden.size() - 1) + hidden + '\x80'},
                    Filtered{"/Filter [ /ASCII85Decode /FlateDecode ] /Length 12 0 R", base85(zlib(hidden))}));

TEST(Pdf, RepeatsOfLzwAndRunLengths) {
    // "a" 256 clear, 'a', then the code that is only just being made: twice.
    const std::string codes("\x80\x18\x60\x50\x38\x08", 6);
    const auto got = streams_of(pdf_with("/Filter /LZWDecode", codes), FileType::pdf);
    ASSERT_EQ(got.members.size(), 1U);
    EXPECT_EQ(got.members[0].bytes.substr(0, 3), "aaa");
    const std::string run{static_cast<char>(257 - 5), 'x', static_cast<char>(128)};
    EXPECT_TRUE(streams_of(pdf_with("/Filter /RunLengthDecode", run), FileType::pdf).has("xxxxx"));
}

TEST(Pdf, WordsInsideOfAStreamDoNotEndIt) {
    const std::string text = "before endstream and stream behind";
    EXPECT_TRUE(streams_of(pdf_with("/Length 34", text), FileType::pdf).has(text));
    // Stored, not packed: the word stands in the octets.
    const std::string stored = std::string("\x78\x9c\x01\x22\x00\xdd\xff", 7) + text + "sums";
    EXPECT_TRUE(streams_of(pdf_with("/Filter /FlateDecode", stored), FileType::pdf).has(text));
}

TEST(Pdf, APictureStaysAsItIs) {
    EXPECT_TRUE(streams_of(pdf_with("/Filter [/FlateDecode /DCTDecode]", zlib(hidden)), FileType::pdf).has(hidden));
    EXPECT_TRUE(streams_of(pdf_with("/Filter /DCTDecode", hidden), FileType::pdf).has(hidden + "\n"));
}

TEST(Pdf, IsChargedToTheBudget) {
    engine::Limits limits;
    limits.entries = 3;
    std::string pdf = "%PDF-1.4\n";
    for (int i = 0; i < 9; ++i) pdf += "obj << >> stream\nabc\nendstream\n";
    const auto got = streams_of(pdf, FileType::pdf, limits);
    EXPECT_EQ(got.members.size(), 3U);
    EXPECT_TRUE(got.limited_by(engine::Limit::entries));
}

TEST(Compound, SmallAndLargeStreamsAreJoined) {
    for (const bool scattered : {false, true}) {
        CompoundBuilder builder;
        const std::string large = hidden + std::string(5000, 'l') + hidden;
        builder.add("small", hidden + std::string(100, 's') + hidden);
        builder.add("large", large);
        builder.add("tiny", "t");
        const auto got = streams_of(builder.take(scattered), FileType::ole2).by_name();
        EXPECT_EQ(got.size(), 3U);
        EXPECT_EQ(got.at("small"), hidden + std::string(100, 's') + hidden);
        EXPECT_EQ(got.at("large"), large);
        EXPECT_EQ(got.at("tiny"), "t");
    }
}

std::string package_of(const std::string& name, const std::string& octets) {
    const auto length = [](std::size_t n) {
        return std::string{static_cast<char>(n), static_cast<char>(n >> 8), '\0', '\0'};
    };
    const std::string z(1, '\0');
    return length(0) + std::string("\x02\0", 2) + name + z + "C:\\" + name + z + std::string("\0\0\x03\0", 4) +
           length(name.size() + 4) + "C:\\" + name + z + length(octets.size()) + octets;
}

TEST(Compound, AnEmbeddedFileHasItsName) {
    CompoundBuilder builder;
    builder.add("\x01Ole10Native", package_of("setup.exe", hidden));
    EXPECT_EQ(streams_of(builder.take(), FileType::ole2).by_name().at("setup.exe"), hidden);
}

TEST(Compound, DamageAndCirclesEnd) {
    CompoundBuilder builder;
    builder.add("large", std::string(9000, 'l'));
    const std::string file = builder.take();
    for (std::size_t cut = 0; cut < file.size(); cut += 97) streams_of(file.substr(0, cut), FileType::ole2);
    std::string circle = file;  // every sector follows itself
    for (std::size_t i = 0; i < 128; ++i) circle[file.size() - 512 + 4 * i] = static_cast<char>(i);
    for (std::size_t i = 0; i < 128; ++i) circle.replace(file.size() - 512 + 4 * i + 1, 3, 3, '\0');
    EXPECT_GT(streams_of(circle, FileType::ole2).members.size(), 0U);
}

}  // namespace
}  // namespace postern::tests
