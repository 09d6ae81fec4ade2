// SPDX-License-Identifier: Apache-2.0
#include "engine/identify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace postern::engine {
namespace {

using namespace std::string_literals;

struct Trap {
    std::string name, extension;
};

class Traps : public testing::TestWithParam<Trap> {};

TEST_P(Traps, AreSeenThrough) {
    const std::vector<std::string> found = extensions_of(GetParam().name);
    EXPECT_TRUE(std::ranges::find(found, GetParam().extension) != found.end())
        << printable_name(GetParam().name) << " gave " << (found.empty() ? "nothing" : found[0]);
}

INSTANTIATE_TEST_SUITE_P(
    Names, Traps,
    testing::Values(
        Trap{"setup.exe", "exe"}, Trap{"SETUP.EXE", "exe"}, Trap{"archive.tar.gz", "gz"},
        Trap{"setup.exe.", "exe"}, Trap{"setup.exe. . ", "exe"}, Trap{"setup.exe\t\r\n", "exe"},
        Trap{"setup.exe\xc2\xa0", "exe"}, Trap{"setup.exe\xe3\x80\x80", "exe"},
        Trap{"x.hta.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", "hta"},
        Trap{"x.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", "{3050f4d8-98b5-11cf-bb82-00aa00bdce0b}"},
        Trap{"report.pdf                                        .exe", "exe"},
        Trap{"report.pdf . exe", "exe"}, Trap{"setup.exe report", "exe"},
        Trap{"invoice\xe2\x80\xae" "fdp.exe", "exe"}, Trap{"setup.e\xe2\x80\xae" "xe", "exe"},
        Trap{"setup.ex\xe2\x81\xa6" "e", "exe"}, Trap{"setup.exe\xe2\x80\x8b", "exe"},
        Trap{"setup.e\xc2\xadxe", "exe"}, Trap{"setup.exe\xef\xbb\xbf", "exe"},
        Trap{"setup.exe\0.pdf"s, "exe"}, Trap{"setup.exe\0.pdf"s, "pdf"}, Trap{"setup.e\x01xe", "exe"},
        Trap{"setup.exe\x01.txt", "exe"}, Trap{"folder/setup.exe", "exe"}, Trap{"..\\..\\setup.exe", "exe"},
        Trap{"setup.exe/", "exe"}, Trap{"\"setup.exe\"", "exe"}, Trap{"setup.exe\".pdf", "exe"},
        Trap{"setup.exe'", "exe"}, Trap{"a.exe::$DATA", "exe"}, Trap{"a.exe:readme.txt", "exe"},
        Trap{"readme.txt:a.exe", "exe"}, Trap{"a.txt:b.exe:$DATA", "exe"}, Trap{"c:setup.exe", "exe"},
        Trap{"setup\xef\xbc\x8e" "exe", "exe"}, Trap{"setup\xe2\x80\xa4" "exe", "exe"},
        Trap{"setup\xe3\x80\x82" "exe", "exe"},
        Trap{"setup.\xef\xbd\x85\xef\xbd\x98\xef\xbd\x85", "exe"},
        Trap{"setup.\xef\xbc\xa5\xef\xbc\xb8\xef\xbc\xa5", "exe"}, Trap{".exe", "exe"},
        Trap{"setup.exe;version=1", "exe"}, Trap{"setup.exe?x", "exe"}, Trap{"a.exe|b", "exe"},
        Trap{"b\xfc" "cher.exe", "exe"}, Trap{"Settings.settingcontent-ms", "settingcontent-ms"}));

TEST(Names, OrdinaryOnesHaveOneExtension) {
    EXPECT_EQ(extensions_of("Quarterly report v1.2 (final).docx"), std::vector<std::string>{"docx"});
    EXPECT_EQ(extensions_of("README"), std::vector<std::string>{});
    EXPECT_EQ(extensions_of(""), std::vector<std::string>{});
    EXPECT_EQ(extensions_of("..."), std::vector<std::string>{});
    EXPECT_EQ(extensions_of("b\xc3\xbc" "cher.PDF"), std::vector<std::string>{"pdf"});
}

TEST(Names, AStageOfSentenceIsNoProgram) {
    const std::vector<std::string> found = extensions_of("Mr. Executive.pdf");
    EXPECT_EQ(found, std::vector<std::string>{"pdf"});
}

TEST(Names, PrintedHarmlessly) {
    EXPECT_EQ(printable_name("b\xc3\xbc" "cher.pdf"), "b\xc3\xbc" "cher.pdf");
    EXPECT_EQ(printable_name("a\r\nb"), "a\xef\xbf\xbd\xef\xbf\xbd" "b");
    EXPECT_EQ(printable_name("x\xe2\x80\xae" "fdp.exe"), "x\xef\xbf\xbd" "fdp.exe");
    EXPECT_EQ(printable_name("b\xfc" "cher"), "b\xef\xbf\xbd" "cher");
    EXPECT_EQ(printable_name("\x1b[31m"), "\xef\xbf\xbd[31m");
    EXPECT_EQ(printable_name("nul\0l"s), "nul\xef\xbf\xbdl");
    EXPECT_LE(printable_name(std::string(1'000'000, 'x')).size(), 5000U);
}

bool is_utf8_without_control(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7f) return false;
        const std::size_t size = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (c >= 0x80 && c < 0xc2) return false;
        if (i + size > text.size()) return false;
        for (std::size_t k = 1; k < size; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
        i += size;
    }
    return true;
}

TEST(Names, AnyOctetsGiveUtf8AndLowerCase) {
    std::mt19937 random(4);
    for (int round = 0; round < 20'000; ++round) {
        std::string name;
        for (unsigned i = 0; i < random() % 40; ++i) name += static_cast<char>(random());
        EXPECT_TRUE(is_utf8_without_control(printable_name(name)));
        for (const std::string& extension : extensions_of(name)) {
            EXPECT_FALSE(extension.empty());
            EXPECT_TRUE(std::ranges::none_of(extension, [](char c) { return c >= 'A' && c <= 'Z'; }));
        }
    }
}

}  // namespace
}  // namespace postern::engine
