// SPDX-License-Identifier: Apache-2.0
// Container signatures: every field with its near misses, and name patterns beside a second
// implementation (the C library's POSIX expressions).
#include "signatures/clamav/name_pattern.h"
#include "support.h"
#include "tests/support/archive_writer.h"
#include "tests/support/clamscan.h"

#include <regex.h>

namespace postern::signatures::tests {
namespace {

MemberFacts facts(std::string_view name) {
    return {ContentType::zip, 1000, name, 30, 40, false, 2, 0x12345678u};
}

bool matches(const std::string& fields, const MemberFacts& member) {
    SetBuilder builder;
    builder.add_text("t.cdb", "X:" + fields + "\n");
    for (const Diagnostic& one : builder.diagnostics()) {
        if (one.severity != Severity::warning) ADD_FAILURE() << to_string(one);
    }
    Matcher matcher(builder.build(1));
    return !matcher.match_member(member).empty();
}

struct FieldCase {
    const char* fields;
    bool found;
};

class MemberFields : public testing::TestWithParam<FieldCase> {};

TEST_P(MemberFields, AreComparedWithTheFacts) {
    EXPECT_EQ(matches(GetParam().fields, facts("docs/setup.exe")), GetParam().found)
        << GetParam().fields;
}

INSTANTIATE_TEST_SUITE_P(Table, MemberFields, testing::Values(
    FieldCase{"*:*:*:*:*:*:*:*:*", true},
    FieldCase{"CL_TYPE_ZIP:*:*:*:*:*:*:*:*", true},
    FieldCase{"CL_TYPE_ANY:*:*:*:*:*:*:*:*", true},
    FieldCase{"CL_TYPE_RAR:*:*:*:*:*:*:*:*", false},
    FieldCase{"*:1000:*:*:*:*:*:*:*", true},
    FieldCase{"*:1001:*:*:*:*:*:*:*", false},
    FieldCase{"*:999-1000:*:*:*:*:*:*:*", true},
    FieldCase{"*:1001-2000:*:*:*:*:*:*:*", false},
    FieldCase{"*:0-999:*:*:*:*:*:*:*", false},
    FieldCase{"*:1000-0:*:*:*:*:*:*:*", true},
    FieldCase{"*:1001-0:*:*:*:*:*:*:*", false},
    FieldCase{"*:*:*:30:*:*:*:*:*", true},
    FieldCase{"*:*:*:31:*:*:*:*:*", false},
    FieldCase{"*:*:*:*:40:*:*:*:*", true},
    FieldCase{"*:*:*:*:41-50:*:*:*:*", false},
    FieldCase{"*:*:*:*:*:0:*:*:*", true},
    FieldCase{"*:*:*:*:*:1:*:*:*", false},
    FieldCase{"*:*:*:*:*:*:2:*:*", true},
    FieldCase{"*:*:*:*:*:*:1:*:*", false},
    FieldCase{"*:*:*:*:*:*:2-3:*:*", true},
    FieldCase{"*:*:*:*:*:*:*:99:anything", true},
    FieldCase{"*:*:setup:*:*:*:*:*:*:1:213", true},
    FieldCase{"*:*:^docs/:*:*:*:*:*:*", true},
    FieldCase{"*:*:^setup:*:*:*:*:*:*", false},
    FieldCase{"*:*:\\.exe$:*:*:*:*:*:*", true},
    FieldCase{"*:*:\\.EXE$:*:*:*:*:*:*", false},
    FieldCase{"*:*:(?i)\\.EXE$:*:*:*:*:*:*", true},
    FieldCase{"*:*:setup.exe.:*:*:*:*:*:*", false},
    FieldCase{"*:*:(^|/)setup\\.(exe|com)$:*:*:*:*:*:*", true},
    FieldCase{"*:*:(^|/)etup:*:*:*:*:*:*", false},
    FieldCase{"*:*:^(docs|mail)/[a-z]{5}(\\.|$):*:*:*:*:*:*", true}));

std::string diagnostics_of(const std::string& name, const std::string& text) {
    SetBuilder builder;
    builder.add_text(name, text);
    std::string told;
    for (const Diagnostic& one : builder.diagnostics()) told += to_string(one) + '\n';
    return told;
}

TEST(Members, WrongLinesAreToldWithTheirPlace) {
    EXPECT_EQ(diagnostics_of("t.cdb",
                             "X:*:*:*\nX:CL_TYPE_NONE:*:*:*:*:*:*:*:*\nX:*:a:*:*:*:*:*:*:*\n"
                             "X:*:*:a(b:*:*:*:*:*:*\nX:*:*:*:*:*:2:*:*:*\nX:*:*:a**:*:*:*:*:*:*\n"
                             "X:*:*:\\d:*:*:*:*:*:*\nX:*:9-5:*:*:*:*:*:*:*\nX:*:*:*:*:*:*:*:*:*:214\n"),
              "t.cdb:1: error: a container signature has 10 to 12 fields; write "
              "Name:Type:ContainerSize:NamePattern:PackedSize:Size:Encrypted:Position:*:*\n"
              "t.cdb:2:3: unsupported: no such type of container is known; write * or a name such "
              "as CL_TYPE_ZIP\n"
              "t.cdb:3:5: error: no number; write *, n or a-b\n"
              "t.cdb:4:8: error: a ( without its ); write \\( for the character itself\n"
              "t.cdb:5:13: error: neither encrypted nor not; write 0, 1 or *\n"
              "t.cdb:6:9: error: a repetition of a repetition; put the first in ( )\n"
              "t.cdb:7:7: warning: \\ before a letter or digit means just that here (POSIX); for "
              "classes write [0-9], [[:space:]] or the like\n"
              "t.cdb:8:5: warning: the range descends, so it holds no number; write the lower one "
              "first\n"
              "t.cdb:9:21: unsupported: the line is for other functionality levels than 213\n");
}

TEST(Members, OldFormsAskForTheirContainerAndTheSum) {
    const auto found = [](const char* file, const std::string& fields) {
        SetBuilder builder;
        builder.add_text(file, "X:" + fields + '\n');
        EXPECT_TRUE(builder.diagnostics().empty());
        Matcher matcher(builder.build(1));
        return !matcher.match_member(facts("a.exe")).empty();
    };
    EXPECT_TRUE(found("t.zmd", "0:exe$:40:30:12345678:8:2:*"));
    EXPECT_FALSE(found("t.zmd", "0:exe$:40:30:12345679:8:2:*"));
    EXPECT_FALSE(found("t.zmd", "1:exe$:40:30:*:8:2:*"));
    EXPECT_FALSE(found("t.zmd", "0:exe$:41:30:*:8:2:*"));
    EXPECT_FALSE(found("t.rmd", "0:exe$:40:30:12345678:8:2:*"));
}

TEST(Members, IgnoredAndDoubledLinesGo) {
    SetBuilder builder;
    builder.add_text("t.cdb", "A:*:*:*:*:*:*:*:*:*\nB:*:*:*:*:*:*:*:*:*\nB:*:*:*:*:*:*:*:*:*\n");
    builder.add_text("t.ign2", "A\n");
    EXPECT_EQ(builder.build(1)->statistics().member_signatures, 1u);
}

// A generator of expressions that both sides read.
class PatternMaker {
public:
    explicit PatternMaker(std::uint32_t seed) : random_(seed) {}
    Random& random() { return random_; }

    std::string pattern(int depth = 0) {
        std::string text;
        for (std::size_t n = 1 + random_.below(3); n > 0; --n) text += repeated(depth);
        if (depth < 2 && random_.one_in(4)) text += '|' + pattern(depth + 1);
        return text;
    }
    std::string name() {
        std::string text;
        for (std::size_t n = random_.below(7); n > 0; --n) text += "abAB.]-1"[random_.below(8)];
        return text;
    }

private:
    std::string repeated(int depth) {
        static constexpr const char* signs[] = {"", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,}"};
        const std::string atom = this->atom(depth);
        return atom == "^" || atom == "$" ? atom : atom + signs[random_.below(std::size(signs))];
    }
    std::string atom(int depth) {
        static constexpr const char* sets[] = {"[ab]", "[^a]", "[a-b1]", "[]a]", "[^]b]", "[a-]",
                                               "[[:alpha:]]", "[[:digit:].]", "[^[:upper:]]", "[\\.]"};
        switch (random_.below(8)) {
            case 0: return ".";
            case 1: return sets[random_.below(std::size(sets))];
            case 2: return depth < 2 ? '(' + pattern(depth + 1) + ')' : "a";
            case 3: return "\\.";
            case 4: return random_.one_in(2) ? "^" : "$";
            default: return std::string(1, "abA1"[random_.below(4)]);
        }
    }
    Random random_;
};

TEST(Members, PatternsAgreeWithPosix) {
    PatternMaker maker(11);
    std::size_t compared = 0, found = 0, refused = 0;
    for (int round = 0; round < 400; ++round) {
        const bool caseless = maker.random().one_in(3);
        const std::string pattern = maker.pattern();
        SetBuilder builder;
        builder.add_text("t.cdb", "X:*:*:" + std::string(caseless ? "(?i)" : "") + pattern +
                                      ":*:*:*:*:*:*\n");
        Matcher matcher(builder.build(1));
        if (!builder.diagnostics().empty()) {
            ++refused;
            continue;
        }
        regex_t plain;
        ASSERT_EQ(regcomp(&plain, pattern.c_str(),
                          REG_EXTENDED | REG_NOSUB | (caseless ? REG_ICASE : 0)), 0) << pattern;
        for (int i = 0; i < 20; ++i) {
            const std::string name = maker.name();
            const bool expected = regexec(&plain, name.c_str(), 0, nullptr, 0) == 0;
            ASSERT_EQ(!matcher.match_member(facts(name)).empty(), expected)
                << pattern << " on '" << name << "'" << (caseless ? " (?i)" : "");
            found += expected;
            ++compared;
        }
        regfree(&plain);
    }
    std::cout << compared << " pairs, " << found << " matches, " << refused << " refused\n";
    EXPECT_GT(compared, 5000u);
    EXPECT_LT(found, compared);
}

// A name as long as an archive can make it, under patterns that ruin engines that backtrack.
TEST(Members, HostileNamesTakeLinearTime) {
    std::string source;
    for (const char* pattern : {"(a+)+$", "(a|a)*b", "(.*a){20}", "(a?){50}a{50}$"}) {
        source += std::string("X:*:*:") + pattern + ":*:*:*:*:*:*\n";
    }
    Matcher matcher(set_of("t.cdb", source));
    const std::string name(1 << 20, 'a');
    EXPECT_EQ(matcher.match_member(facts(name)).size(), 3u);
}

}  // namespace
}  // namespace postern::signatures::tests
