// SPDX-License-Identifier: Apache-2.0
// The body language, construct by construct: what matches, what nearly does, what is refused and
// why. Answers were checked with clamscan 1.4.6 where it has an opinion that makes sense.
#include "signatures/clamav/body_parser.h"
#include "support.h"

namespace postern::signatures::tests {
namespace {

struct LanguageCase {
    const char* pattern;
    std::string content;
    const char* offset;  // of the match; empty: none
};

// Every pattern says abc somewhere.
const std::vector<LanguageCase> language_cases{
    {"616263", "xabc", "1"},
    {"616263", "xab", ""},
    {"6A6b6C", "xjkl", "1"},
    {"616263??", "xabc", ""},
    {"616263??", "xabcd", "1"},
    {"??616263", "abcd", ""},
    {"??616263", "xabc", "0"},
    {"616?63", "aqc abc", "4"},
    {"6?6263", "obc", "0"},
    {"?16263", "Abc 1bc", "0"},
    {"{2}616263", "xabc", ""},
    {"{2}616263", "xyabc", "0"},
    {"616263{2}", "xabcd", ""},
    {"616263{2}", "xabcde", "1"},
    {"616263*6465", "abc...de", "0"},
    {"616263*6465", "de...abc", ""},
    {"616263*6364", "abcd", ""},
    {"616263{2-4}646566", "abc.def", ""},
    {"616263{2-4}646566", "abc..def", "0"},
    {"616263{2-4}646566", "abc....def", "0"},
    {"616263{2-4}646566", "abc.....def", ""},
    {"616263{-2}646566", "abcdef", "0"},
    {"616263{-2}646566", "abc..def", "0"},
    {"616263{-2}646566", "abc...def", ""},
    {"616263{2-}646566", "abc.def", ""},
    {"616263{2-}646566", "abc.......def", "0"},
    {"616263{2-4}646566", "abcabc...def", "3"},
    {"616263{200}646566", "abc" + std::string(200, '.') + "def", "0"},
    {"616263{200}646566", "abc" + std::string(199, '.') + "def", ""},
    {"61[1-3]626364", "abcd", ""},
    {"61[1-3]626364", "axbcd", "2"},
    {"61[1-3]626364", "axxxbcd", "4"},
    {"61[1-3]626364", "axxxxbcd", ""},
    {"61[1-32]626364", 'a' + std::string(32, '.') + "bcd", "33"},
    {"626364[1-3]61", "bcdxxa", "0"},
    {"61[1-3]626364[1-3]61", "axbcdxa", "2"},
    {"616263{-1}61[1-3]6566", "abca.ef", ""},
    {"616263{-3}61[1-3]6566", "abca.ef", "0"},
    {"6162[1-3]61*6364", "ab.acd", "0"},
    {"6162[1-3]61{1-2}6364", "ab..a.cd", ""},
    {"616263(64|65)", "abcf abce", "5"},
    {"616263(6465|6667)68", "abcdgh abcfgh", "7"},
    {"616263(64|6566)67", "abceg abcefg", "6"},
    {"616263(6?|7879)65", "abcxyze abcxye", "8"},
    {"616263(61|(62|6364)65)66", "abcef abccdef", "6"},
    {"616263(61{2}62|63)66", "abcaxbf abcaxxbf", "8"},
    {"(61|62)6364", "xcd bcd", "4"},
    {"616263!(64|65)", "abc", ""},
    {"616263!(64|65)", "abcd abce abcf", "10"},
    {"616263!(6465|6667)68", "abcdeh abcdgh", "7"},
    {"(B)616263", "xabc", ""},
    {"(B)616263", "\"abc", ""},
    {"(B)616263", "x abc <abc", "2"},
    {"(B)616263", "abc", "0"},
    {"616263(B)", "abcd abc. abc\"", "10"},
    {"616263(B)", "abc", "0"},
    {"616263!(B)", "abc", ""},
    {"616263!(B)", "abc abc.", "4"},
    {"!(B)616263", "abc", ""},
    {"!(B)616263", " abc xabc", "5"},
    {"616263(B)646566", "abcxdef abc.def", "8"},
    {"616263(B)646566", "abc\"def", "0"},
    {"616263!(B)646566", "abc def abcxdef", "8"},
    {"(L)616263", "xabc\r\nabc", "6"},
    {"(L)616263", "\rabc", ""},
    {"616263(L)", "abc\rabc\r\n", "4"},
    {"616263(L)", "abcx", ""},
    {"616263(L)646566", "abc\rdef", ""},
    {"616263(L)646566", "abc\r\ndef", "0"},
    {"616263(L)646566", "abc\ndef", "0"},
    {"(W)616263", "xabc _abc", "6"},
    {"616263(W)", "abcx abc\xe4", "5"},
    {"616263!(W)", "abc abcx", "4"},
    {"616263(W)646566", "abcxdef abc_def", "8"},
    {"616263*(B)6465", "abcxde abcde", ""},
    {"616263*(B)6465", "abcxde abc .de", "0"},
    {"616263(B)*6465", "abcde abc\"de", "6"},
};

TEST(BodyLanguage, Table) {
    for (const LanguageCase& one : language_cases) {
        Matcher matcher(set_of("t.ndb", std::string("X:0:*:") + one.pattern + "\n"));
        const auto matches = matches_of(matcher, one.content);
        EXPECT_EQ(matches.empty() ? "" : std::to_string(matches[0].offset), one.offset)
            << one.pattern << " in " << one.content;
    }
}

struct WrongCase {
    const char* pattern;
    std::size_t at;  // where the error is
};

const std::vector<WrongCase> wrong_cases{
    {"", 0},
    {"616", 2},
    {"6162 63", 4},
    {"61g2", 2},
    {"*616263", 0},
    {"616263*", 7},
    {"616263**6465", 7},
    {"{2-}616263", 0},
    {"616263{2-}", 6},
    {"616263{}6465", 6},
    {"616263{-}6465", 6},
    {"616263{5-2}6465", 6},
    {"616263{x}6465", 6},
    {"616263{99999999999}6465", 6},
    {"616263{1-99999999999}6465", 6},
    {"616263{26465", 6},
    {"616263*??", 7},
    {"616263*61", 7},
    {"(B)", 0},
    {"????", 0},
    {"61[1-33]626364", 2},
    {"6162[1-3]6364", 9},
    {"61[1-3]62", 7},
    {"61[1-2]62[1-2]636465", 7},
    {"616263(61|62", 12},
    {"616263(|61)66", 7},
    {"616263()66", 7},
    {"616263(61*62)66", 9},
    {"616263(61{1-2}62)66", 9},
    {"616263(61{128}62)66", 9},
    {"616263(61|!(62))66", 10},
    {"616263(61|(B))66", 10},
    {"616263!(61|6263)66", 6},
    {"616263!(6?)66", 6},
    {"616263)66", 6},
    {"616263(((((((((((((((61)))))))))))))))", ~0ul},
    {"616263((((((((((((((((61))))))))))))))))", 21},
};

TEST(BodyLanguage, RefusesAndSaysWhere) {
    for (const WrongCase& one : wrong_cases) {
        const std::string_view text = one.pattern;
        const auto parsed = clamav::parse_body(text);
        if (one.at == ~0ul) {
            EXPECT_FALSE(parsed.error) << text;
            continue;
        }
        ASSERT_TRUE(parsed.error) << text;
        EXPECT_EQ(parsed.error->at - text.data(), static_cast<std::ptrdiff_t>(one.at))
            << text << ": " << parsed.error->message;
    }
}

}  // namespace
}  // namespace postern::signatures::tests
