// SPDX-License-Identifier: Apache-2.0
// Header values and the names in them: every variant that some reader would show.
#include "mime/header.h"

#include "mime/charset.h"
#include "mime/defect_codes.h"
#include "mime/parser.h"
#include "tests/mime/support.h"

#include <gtest/gtest.h>

#include <set>

namespace postern::mime {
namespace {

std::vector<std::string> names_in(const std::string& header) {
    std::vector<std::string> names;
    for (const Filename& name : parse(test::bytes(header + "\n\n")).root.filenames) names.push_back(name.name);
    return names;
}

struct NameCase {
    std::string header;
    std::vector<std::string> names;
};

const std::string disposition = "Content-Disposition: attachment; ";

const NameCase name_cases[] = {
    {disposition + "filename=a.txt", {"a.txt"}},
    {disposition + "filename=\"a b.txt\"; size=3", {"a b.txt"}},
    {disposition + "FileName = \"a.txt\"", {"a.txt"}},
    {disposition + "filename=a b.exe", {"a b.exe", "a"}},
    {disposition + "filename=a.exe (a comment)", {"a.exe", "a.exe (a comment)"}},
    {disposition + "filename=\"a\\\"b.txt\"", {"a\"b.txt", "a\\\"b.txt"}},
    {disposition + "filename=\"c:\\dir\\a.exe\"", {"c:dira.exe", "c:\\dir\\a.exe"}},
    {disposition + "filename=\"a.exe; size=3", {"a.exe; size=3", "a.exe"}},
    {disposition + "filename=\"a.txt\".exe", {"a.txt", "a.txt.exe"}},
    {disposition + "filename=\"a;b.exe\"", {"a;b.exe"}},
    {disposition + "filename*=utf-8''%e2%82%ac.txt", {"\u20AC.txt", "utf-8''%e2%82%ac.txt"}},
    {disposition + "filename*=iso-8859-15'en'%a4.txt; filename=e.txt",
     {"\u20AC.txt", "e.txt", "iso-8859-15'en'%a4.txt"}},
    {disposition + "filename*0=a; filename*1=.exe", {"a.exe"}},
    {disposition + "filename*1=.exe; filename*0=a", {"a.exe", ".exea"}},
    {disposition + "filename*0*=utf-8''a%20; filename*1=\"b%20.exe\"", {"a b%20.exe", "utf-8''a%20b%20.exe"}},
    {disposition + "filename=\"=?utf-8?B?4oKsLnR4dA==?=\"", {"\u20AC.txt", "=?utf-8?B?4oKsLnR4dA==?="}},
    {disposition + "filename=\"=?utf-8?q?a?= =?utf-8?q?=2Eexe?=\"", {"a.exe", "=?utf-8?q?a?= =?utf-8?q?=2Eexe?="}},
    {disposition + "filename=a.txt; filename=b.exe", {"a.txt", "b.exe"}},
    {"Content-Type: a/b; name=a.txt\n" + disposition + "filename=b.exe", {"b.exe", "a.txt"}},
    {disposition + "filename=a.txt\n" + disposition + "filename=b.exe", {"a.txt", "b.exe"}},
    {disposition + "name=c.exe", {"c.exe"}},
    {"Content-Type: a/b;\n\tname=\"folded\n name.txt\"", {"folded name.txt"}},
    {"Content-Type: text/plain; name", {}},
};

TEST(Header, KeepsEveryVariantOfAName) {
    for (const NameCase& c : name_cases) EXPECT_EQ(names_in(c.header), c.names) << c.header;
}

TEST(Header, SaysWhereANameWasFound) {
    const auto names =
        parse(test::bytes("Content-Type: a/b; name=\"=?utf-8?q?t?=\"\n" + disposition + "filename*=utf-8''x; filename=y\n\n"))
            .root.filenames;
    const std::vector<Filename> expected = {{"x", NameSource::disposition_extended},
                                            {"y", NameSource::disposition},
                                            {"t", NameSource::encoded_word},
                                            {"utf-8''x", NameSource::raw},
                                            {"=?utf-8?q?t?=", NameSource::raw}};
    EXPECT_EQ(names, expected);
}

TEST(Header, TakesTheMediaTypeFromOddFields) {
    const std::pair<const char*, const char*> cases[] = {
        {"text/plain", "text/plain"},     {"Text / HTML; x=y", "text/html"}, {"a/b (c/d)", "a/b"},
        {"(c) a/b", "a/b"},               {"\"a/b", ""},                     {"text", ""},
        {"text/", ""},                    {"a/b c", "a/b"},                  {"", ""},
    };
    for (const auto& [value, type] : cases) {
        EXPECT_EQ(media_type_of(parse_structured(value).token), type) << value;
    }
}

TEST(Header, FindsTheTokensOfATransferEncoding) {
    using Tokens = std::vector<std::string>;
    EXPECT_EQ(encoding_tokens("BASE64"), Tokens{"base64"});
    EXPECT_EQ(encoding_tokens(" base64 (a comment)"), Tokens{"base64"});
    EXPECT_EQ(encoding_tokens("\"base64\";"), Tokens{"base64"});
    EXPECT_EQ(encoding_tokens("7bit, base64; 7bit"), (Tokens{"7bit", "base64"}));
    EXPECT_EQ(encoding_tokens(std::string_view("base64\0x", 8)), (Tokens{"base64", "x"}));
    EXPECT_EQ(encoding_tokens("base64\vfoo"), (Tokens{"base64", "foo"}));
    EXPECT_EQ(encoding_tokens("(base64"), Tokens{"base64"});
}

TEST(Header, NamesOfEncodings) {
    for (const auto encoding : {TransferEncoding::identity, TransferEncoding::base64, TransferEncoding::quoted_printable,
                                TransferEncoding::uuencode, TransferEncoding::yenc, TransferEncoding::binhex,
                                TransferEncoding::unknown}) {
        EXPECT_EQ(encoding_named(name_of(encoding)), encoding);
    }
    EXPECT_EQ(encoding_named(" Base64 "), TransferEncoding::base64);
    EXPECT_EQ(encoding_named("x-uuencode"), TransferEncoding::uuencode);
    EXPECT_EQ(encoding_named("8bit"), TransferEncoding::identity);
}

TEST(Charset, ConvertsWhatItKnows) {
    EXPECT_EQ(to_utf8("iso-8859-1", "\xE4"), "\u00E4");
    EXPECT_EQ(to_utf8("koi8-r", "\xC1"), "\u0430");
    EXPECT_EQ(to_utf8("no-such-charset", "a\xE4"), std::nullopt);
    EXPECT_EQ(to_utf8("utf-8//IGNORE", "a\xE4"), std::nullopt);
    EXPECT_EQ(to_utf8("utf-8", "\xE4"), std::nullopt);
}

TEST(Charset, DecodesEncodedWords) {
    EXPECT_EQ(decode_encoded_words("plain"), std::nullopt);
    EXPECT_EQ(decode_encoded_words("a =?utf-8?Q?b_c?= d"), "a b c d");
    // A character cut between two words.
    EXPECT_EQ(decode_encoded_words("=?utf-8?B?4oI=?= =?utf-8?B?rA==?="), "\u20AC");
    EXPECT_EQ(decode_encoded_words("=?iso-8859-1?q?=E4?= =?utf-8?q?=C3=A4?="), "\u00E4\u00E4");
    EXPECT_EQ(decode_encoded_words("=?utf-8?x?a?="), std::nullopt);
    EXPECT_EQ(decode_encoded_words("=?utf-8?q?open"), std::nullopt);
}

TEST(Header, TakesAnyOctets) {
    test::Random random(3);
    static constexpr std::string_view pieces[] = {";", "=", "\"", "\\", "(", ")", "name", "*0", "*", "'", "%41", " ",
                                                  "=?utf-8?q?", "?=", "a/b", "utf-8''", "\t", "filename*1*=", "\xFF"};
    for (int round = 0; round < 50'000; ++round) {
        std::string value;
        for (std::size_t n = random.below(20); n > 0; --n) value += pieces[random.below(std::size(pieces))];
        const StructuredValue parsed = parse_structured(value);
        for (const char* name : {"name", "filename"}) {
            std::set<std::string> distinct;
            const auto values = values_of(parsed, name).values;
            for (const ParameterValue& v : values) distinct.insert(v.value);
            ASSERT_EQ(distinct.size(), values.size()) << value;
        }
    }
}

TEST(Defect, EveryRowHasACodeAndASentence) {
    std::set<std::string_view> codes;
    for (int i = 0; i <= static_cast<int>(DefectCode::last_); ++i) {
        const auto code = static_cast<DefectCode>(i);
        EXPECT_TRUE(codes.insert(code_of(code)).second) << code_of(code);
        EXPECT_EQ(code_of(code).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
        EXPECT_TRUE(sentence_of(code).ends_with('.')) << code_of(code);
    }
}

}  // namespace
}  // namespace postern::mime
