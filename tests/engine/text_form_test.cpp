// SPDX-License-Identifier: Apache-2.0
#include "engine/text_form.h"

#include <hwy/targets.h>

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace postern::engine {
namespace {

std::string form_of(const std::string& text) {
    mime::Buffer out;
    append_text_form(std::as_bytes(std::span(text)), out);
    return {reinterpret_cast<const char*>(out.data()), out.size()};
}

TEST(TextForm, FoldsWhiteSpaceAndCase) {
    EXPECT_EQ(form_of("Hello  \t\r\n WORLD"), "hello world");
    EXPECT_EQ(form_of(" \n leading"), " leading");
    EXPECT_EQ(form_of("vt\x0b" "ff\x0c."), "vt ff .");
}

TEST(TextForm, DropsControlAndEightBitOctetsButKeepsDelete) {
    EXPECT_EQ(form_of(std::string("a\0b\x01" "c\x80\xff" "d\x7f", 9)), "abcd\x7f");
    EXPECT_EQ(form_of("a \x80 b"), "a b");
}

TEST(TextForm, NarrowsUtf16) {
    EXPECT_EQ(form_of(std::string("\xff\xfeH\0i\0\x3a\x26!\0", 10)), "hi!");
    EXPECT_EQ(form_of(std::string("\xfe\xff\0H\0i", 6)), "hi");
    EXPECT_EQ(form_of(std::string("\xff\xfe" "H", 3)), "");
}

// The plain reading of the rule, octet by octet.
std::string plain_form(const std::string& text) {
    std::string out;
    for (const char octet : text) {
        const auto c = static_cast<unsigned char>(octet);
        const bool white = c == ' ' || (c >= 0x09 && c <= 0x0d);
        if (white && !out.empty() && out.back() == ' ') continue;
        if (white) out += ' ';
        if (c > 0x20 && c < 0x80) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
    }
    return out;
}

void agree() {
    std::mt19937 random(7);
    const std::string common = "abcXYZ@[`{ \t\r\n.,-<>";
    for (int round = 0; round < 20000; ++round) {
        std::string text(random() % 400, ' ');
        const unsigned strange = 1u << random() % 12;  // from all to hardly any
        for (char& c : text) c = random() % strange == 0 ? static_cast<char>(random()) : common[random() % common.size()];
        if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) continue;
        ASSERT_EQ(form_of(text), plain_form(text));
    }
}

// Each instruction set that this machine has, the best last.
TEST(TextForm, AgreesWithThePlainReading) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        SCOPED_TRACE(hwy::TargetName(target));
        hwy::SetSupportedTargetsForTest(target);
        agree();
    }
    hwy::SetSupportedTargetsForTest(0);
}

TEST(TextForm, NeverGrows) {
    for (std::size_t n = 0; n < 300; ++n) EXPECT_LE(form_of(std::string(n, static_cast<char>(n))).size(), n);
}

}  // namespace
}  // namespace postern::engine
