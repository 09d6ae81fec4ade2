// SPDX-License-Identifier: Apache-2.0
// The catalog: a set says what it was built of, whoever tampers with that; differences agree with a
// plain count.
#include "signatures/catalog/catalog.h"
#include "signatures/catalog/difference.h"
#include "signatures/catalog/parsed_line.h"
#include "signatures/catalog/search.h"
#include "signatures/catalog/source_lines.h"
#include "signatures/set_file/set_file.h"
#include "tests/support/command.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace postern::signatures::tests {
namespace {

constexpr const char* bodies = "Second:0:*:626262\nFirst:1:EP+0:616161\n";
constexpr const char* old_bodies = "Old=636363\n";
constexpr const char* logical = "Both;Engine:51-255,Target:0;0&1;6f6e65;74776f\n";
constexpr const char* members = "Member:CL_TYPE_ZIP:*:a[.]exe:*:*:*:*:*:*\n";
constexpr const char* rared = "Rared:1:a[.]scr:*:*:*:*:*:*\n";
constexpr const char* digests = "00112233445566778899aabbccddeeff:10:Digest\n";
constexpr const char* any_size = "00112233445566778899aabbccddeeff:*:AnySize:73\n";
constexpr const char* rules = "rule Loud { strings: $a = \"wanted\" condition: $a }\n";

std::shared_ptr<const SignatureSet> set_of_all(KeepLines lines) {
    SetBuilder builder({Unverified::refuse, Unwanted::leave_out, lines});
    builder.add_text("a.ndb", bodies);
    builder.add_text("a.db", old_bodies);
    builder.add_text("a.ldb", logical);
    builder.add_text("a.cdb", members);
    builder.add_text("a.rmd", rared);
    builder.add_text("a.hdb", digests);
    builder.add_text("a.fp", any_size);
    builder.add_text("a.yara", rules);
    EXPECT_TRUE(builder.diagnostics().empty());
    return builder.build(1);
}

std::vector<std::string> texts_of(const SignatureSet& set) {
    std::vector<std::string> texts;
    visit_entries(set, [&](const Entry& entry) {
        texts.push_back(std::string(name_of(entry.kind)) + " " + std::string(entry.name) + " " + std::string(entry.text));
    });
    return texts;
}

const std::vector<std::string> all_texts{
    "body First First:1:EP+0:616161",
    "body Old Old=636363",
    "body Second Second:0:*:626262",
    "logical Both Both;Engine:51-255,Target:0;0&1;6f6e65;74776f",
    "member Member Member:CL_TYPE_ZIP:*:a[.]exe:*:*:*:*:*:*",
    "member Rared Rared:1:a[.]scr:*:*:*:*:*:*",
    "rule YARA.Loud rule Loud { strings: $a = \"wanted\" condition: $a }",
    "digest Digest 00112233445566778899aabbccddeeff:10:Digest",
    "allowed-digest AnySize 00112233445566778899aabbccddeeff:*:AnySize:73"};

TEST(Catalog, ASetSaysWhatItWasBuiltOfAlsoFromItsFile) {
    const auto set = set_of_all(KeepLines::yes);
    EXPECT_EQ(texts_of(*set), all_texts);
    const postern::tests::TemporaryFolder folder;
    write_set(*set, folder.path() / "all.set", nullptr);
    EXPECT_EQ(texts_of(*load_set(folder.path() / "all.set")), all_texts);
    EXPECT_THROW(texts_of(*set_of_all(KeepLines::no)), NoSourceLines);
}

TEST(Catalog, SourcesAreVisitedWithTheirPlaces) {
    const postern::tests::TemporaryFolder folder;
    folder.write("a.ndb", std::string("# comment\n") + bodies + "Wrong:0:*:4g\n");
    folder.write("b.ign2", "First\n");
    folder.write("c.ndu", "Unwanted:0:*:646464\n");
    Diagnostics told;
    std::string seen;
    const EntryVisit visit = [&](const Entry& entry) {
        seen += std::string(entry.name) + ':' + std::to_string(entry.line) + ' ';
    };
    visit_entries({{folder.path()}, Unwanted::leave_out}, told, visit);
    EXPECT_EQ(seen, "Second:2 ");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].line, 4u);
    seen.clear();
    visit_entries({{folder.path()}, Unwanted::load}, told, visit);
    EXPECT_EQ(seen, "Second:2 Unwanted:1 ");
}

TEST(SourceLines, NeverFollowWhatWasTamperedWith) {
    SourceLines lines;
    Signatures signatures;
    signatures.bodies.push_back({"A:0:*:616263", 1, {}, {}, {}});
    lines.add(signatures);
    const Array<std::byte> packed = lines.pack();
    const std::vector<std::byte> good(packed.begin(), packed.end());
    const auto visited = [](const std::vector<std::byte>& octets) {
        std::size_t count = 0;
        const bool whole = visit_lines(octets, [&](const SourceLine&) { ++count; });
        return whole ? count : 99;
    };
    EXPECT_EQ(visited(good), 1u);
    EXPECT_EQ(visited({}), 99u);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::vector<std::byte> bad = good;
        bad[i] ^= std::byte{0xff};
        EXPECT_EQ(visited(bad), 99u) << i;
        bad.resize(i);
        EXPECT_EQ(visited(bad), 99u) << i;
    }
}

using Plain = std::map<std::pair<SignatureKind, std::string>, std::set<std::string>>;

std::string plain_difference(const Plain& before, const Plain& now) {
    std::set<std::pair<SignatureKind, std::string>> names;
    for (const auto& [name, meanings] : before) names.insert(name);
    for (const auto& [name, meanings] : now) names.insert(name);
    const auto of = [](const Plain& side, const auto& name) {
        const auto found = side.find(name);
        return found == side.end() ? std::set<std::string>() : found->second;
    };
    std::string out;
    for (const auto& name : names) {
        std::size_t removed = 0, added = 0;
        for (const std::string& one : of(before, name)) removed += of(now, name).count(one) == 0;
        for (const std::string& one : of(now, name)) added += of(before, name).count(one) == 0;
        const std::size_t counts[]{added - std::min(added, removed), removed - std::min(added, removed), std::min(added, removed)};
        for (std::size_t i = 0; i < 3; ++i) {
            if (counts[i] == 0) continue;
            out += std::string(name_of(name.first)) + ' ' + name.second + ' ' + std::to_string(i) + ' ' + std::to_string(counts[i]) + '\n';
        }
    }
    return out;
}

TEST(Difference, AgreesWithAPlainCount) {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        Plain plain[2];
        CatalogSide sides[2];
        for (int side = 0; side < 2; ++side) {
            for (unsigned i = 0; i < random() % 12; ++i) {
                const bool body = random() % 2 == 0;
                const std::string name(1, static_cast<char>('A' + random() % 3));
                const std::string hex = "6161610" + std::to_string(random() % 4);
                const std::string text = body ? name + ":0:*:" + hex : hex + hex + hex + hex + ":1:" + name;
                const Format format = body ? Format::ndb : Format::digests;
                plain[side][{kind_of(format), name}].insert(hex);
                sides[side].add({kind_of(format), format, name, text, {}, 0});
            }
        }
        std::string told;
        for (const ChangedName& one : difference(sides[0], sides[1])) {
            told += std::string(name_of(one.kind)) + ' ' + one.name + ' ' + std::to_string(static_cast<int>(one.change)) + ' ' +
                    std::to_string(one.count) + '\n';
        }
        ASSERT_EQ(told, plain_difference(plain[0], plain[1]));
    }
}

TEST(Search, OctetsAreFoundAtTheirBordersPlainAndWide) {
    const auto found = [](const char* text, const char* line, Format format = Format::ndb) {
        const auto as = SearchText(text).in({kind_of(format), format, "Name", line, {}, 0});
        return as ? std::string(name_of(*as)) : "";
    };
    EXPECT_EQ(found("ame", "Name:0:*:616263"), "name");
    EXPECT_EQ(found("bc", "Name:0:*:616263"), "octets");
    EXPECT_EQ(found("BC", "Name:0:*:616263"), "octets");
    EXPECT_EQ(found("bc", "Name:0:*:610062006300"), "octets");
    EXPECT_EQ(found("6263", "Name:0:*:616263"), "hex");
    EXPECT_EQ(found("1626", "Name:0:*:616263"), "");
    EXPECT_EQ(found("6263", "Name:0:*:a?6263"), "hex");
    EXPECT_EQ(found("a.c", "Name;Target:0;0&1;6161;0/a.c/", Format::ldb), "written");
}

TEST(ParsedLine, TellsALinesFormatByItsForm) {
    EXPECT_EQ(format_of_line("A:0:*:616263"), Format::ndb);
    EXPECT_EQ(format_of_line("A=616263"), Format::db);
    EXPECT_EQ(format_of_line("A;Target:0;0;616263"), Format::ldb);
    EXPECT_EQ(format_of_line("00112233445566778899aabbccddeeff:10:A"), Format::digests);
    EXPECT_EQ(format_of_line("10:00112233445566778899aabbccddeeff:A"), Format::sections);
    EXPECT_EQ(format_of_line(members), Format::members);
    EXPECT_EQ(format_of_line(rules), Format::yara);
    EXPECT_EQ(format_of_line("Team.Name"), std::nullopt);
    EXPECT_EQ(format_of_line(""), std::nullopt);
}

}  // namespace
}  // namespace postern::signatures::tests
