// SPDX-License-Identifier: Apache-2.0
// Digest signatures, allow-lists and ignored names, against digests that were computed elsewhere.
#include "signatures/digest_table.h"
#include "signatures/hasher.h"
#include "support.h"

namespace postern::signatures::tests {
namespace {

// RFC 1321 and FIPS 180: the digests of "abc".
constexpr const char* md5_abc = "900150983cd24fb0d6963f7d28e17f72";
constexpr const char* sha1_abc = "a9993e364706816aba3e25717850c26c9cd0d89d";
constexpr const char* sha256_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string line(const char* hash, const char* size, const char* name) {
    return std::string(hash) + ':' + size + ':' + name + '\n';
}

std::string known(const std::shared_ptr<const SignatureSet>& set, std::string_view content) {
    Matcher matcher(set);
    return told(matcher.match_digests(octets(content)));
}

TEST(Digests, AreFoundWithTheRightSize) {
    for (const char* hash : {md5_abc, sha1_abc, sha256_abc}) {
        EXPECT_EQ(known(set_of("t.hdb", line(hash, "3", "Abc")), "abc"), "Abc@0+3");
        EXPECT_EQ(known(set_of("t.hdb", line(hash, "4", "Abc")), "abc"), "");
        EXPECT_EQ(known(set_of("t.hsb", line(hash, "*", "Abc:73")), "abc"), "Abc@0+3");
        EXPECT_EQ(known(set_of("t.hsb", line(hash, "*", "Abc:73")), "abcd"), "");
    }
}

TEST(Digests, UpperCaseHexIsTheSame) {
    std::string upper = md5_abc;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(known(set_of("t.hdb", line(upper.c_str(), "3", "Abc")), "abc"), "Abc@0+3");
}

TEST(Digests, OnlyWantedOnesAreComputed) {
    const auto set = set_of("t.hsb", line(md5_abc, "3", "A") + line(sha256_abc, "5000000", "B"));
    EXPECT_TRUE(set->wanted_digests(3).has(DigestKind::md5));
    EXPECT_FALSE(set->wanted_digests(3).has(DigestKind::sha256));
    EXPECT_TRUE(set->wanted_digests(5000000).has(DigestKind::sha256));
    EXPECT_TRUE(set->wanted_digests(4).empty());
    EXPECT_TRUE(set->wanted_digests(5000001).empty());
    EXPECT_TRUE(set->wanted_digests(~0ull).empty());
}

TEST(Digests, OneNameForEachKindOfDigest) {
    const auto set = set_of(
        "t.hsb", line(md5_abc, "3", "B") + line(md5_abc, "3", "A") + line(sha1_abc, "3", "C"));
    EXPECT_EQ(known(set, "abc"), "A@0+3 C@0+3");
}

TEST(Digests, OneOfItsSizeAndOneOfAnySizeAreTold) {
    const auto set = set_of(
        "t.hsb", line(md5_abc, "3", "A") + line(md5_abc, "4", "B") + md5_abc + ":*:C:73\n");
    EXPECT_EQ(known(set, "abc"), "A@0+3 C@0+3");
}

TEST(Digests, AgreeWithASearchThroughAllRows) {
    Random random(3);
    NameArena names;
    DigestTable<16> table;
    std::vector<DigestRow<16>> rows;
    for (int i = 0; i < 2000; ++i) {
        DigestRow<16> row{};
        // Few different octets, so that digests share beginnings and some are equal.
        for (std::size_t n : {0ul, 7ul, 8ul, 15ul}) {
            row.digest[n] = static_cast<std::uint8_t>(random.below(5));
        }
        row.size = static_cast<std::uint32_t>(random.below(4) == 0 ? 0 : random.below(5) << 19);
        row.name = names.add(numbered("N", random.below(300)));
        rows.push_back(row);
        table.add(row);
    }
    table.seal(names, {});
    for (const auto& asked : rows) {
        for (const std::uint64_t size : {0ull, 1ull << 19, 1ull << 20, 7ull}) {
            const auto fits = [&](const DigestRow<16>& row) {
                return row.digest == asked.digest && row.size == size;
            };
            const bool expected = std::any_of(rows.begin(), rows.end(), fits);
            ASSERT_EQ(table.find(asked.digest, size) != nullptr, expected);
            if (expected) {
                ASSERT_TRUE(table.wants(size));
            }
        }
    }
}

TEST(Hasher, TakesLargeContentInOnePass) {
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    kinds.add(DigestKind::sha256);
    Hasher hasher;
    const Digests digests = hasher.digest(octets(std::string(1000000, 'a')), kinds);
    // FIPS 180: a million times "a".
    EXPECT_EQ(hex({reinterpret_cast<const char*>(digests.sha256.data()), 32}),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    EXPECT_EQ(hex({reinterpret_cast<const char*>(digests.md5.data()), 16}),
              "7707d6ae4e027c70eea2a935c2296f21");
}

TEST(AllowList, HoldsTheContent) {
    SetBuilder builder;
    builder.add_text("a.fp", line(md5_abc, "3", "fine"));
    builder.add_text("b.sfp", line(sha256_abc, "3", "fine"));
    const auto set = builder.build();
    EXPECT_TRUE(set->has_allow_list());
    EXPECT_TRUE(set->allows(octets("abc")));
    EXPECT_FALSE(set->allows(octets("abd")));
    EXPECT_FALSE(set->allows(octets("abcd")));
    EXPECT_EQ(set->statistics().allowed_digests, 2u);
    EXPECT_TRUE(set->wanted_digests(3).empty());
    EXPECT_FALSE(set_of("t.hdb", "")->has_allow_list());
}

struct IgnoreCase {
    const char* file;
    std::string text;
    bool taken_out;
};

TEST(Ignored, NamesAreTakenOutWhateverTheOrder) {
    const std::string body = "Bad.Sig-1:0:*:" + hex("needle");
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    const Digests digests = Hasher().digest(octets(body), kinds);
    const std::string md5 = hex({reinterpret_cast<const char*>(digests.md5.data()), 16});
    const IgnoreCase cases[] = {
        {"x.ign2", "Bad.Sig-1\n", true},
        {"x.ign2", "Bad.Sig-1\r\n", true},
        {"x.ign2", "bad.sig-1\n", false},
        {"x.ign2", "Bad.Sig-1.UNOFFICIAL\n", false},
        {"x.ign2", "Bad.Sig\n", false},
        {"x.ign2", "Bad.Sig-1:" + md5 + "\n", true},
        {"x.ign2", "Bad.Sig-1:00000000000000000000000000000000\n", false},
        {"x.ign", "main.ndb:7:Bad.Sig-1\n", true},
    };
    for (const IgnoreCase& one : cases) {
        for (const bool first : {true, false}) {
            SetBuilder builder;
            if (first) builder.add_text(one.file, one.text);
            builder.add_text("t.ndb", body + "\n");
            builder.add_text("t.hdb", line(md5_abc, "3", "Bad.Sig-1"));
            if (!first) builder.add_text(one.file, one.text);
            const auto set = builder.build();
            EXPECT_EQ(set->statistics().body_signatures, one.taken_out ? 0u : 1u) << one.text;
            EXPECT_EQ(set->statistics().ignored_names, 1u);
            Matcher matcher(set);
            EXPECT_EQ(matches_of(matcher, "a needle").empty(), one.taken_out) << one.text;
        }
    }
}

TEST(Ignored, TakesHashesOut) {
    SetBuilder builder;
    builder.add_text("t.hdb", line(md5_abc, "3", "Abc") + line(sha1_abc, "3", "Other"));
    builder.add_text("t.ign2", "Abc\n");
    const auto set = builder.build();
    EXPECT_EQ(set->statistics().digest_signatures, 1u);
    EXPECT_EQ(set->statistics().ignored, 1u);
    EXPECT_EQ(known(set, "abc"), "Other@0+3");
}

}  // namespace
}  // namespace postern::signatures::tests
