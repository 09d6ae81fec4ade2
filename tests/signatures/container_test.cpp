// SPDX-License-Identifier: Apache-2.0
// Containers: loaded when they are whole and somebody vouches for them, refused with a sentence
// otherwise.
#include "container_builder.h"
#include "tests/support/clamscan.h"

#include <filesystem>

namespace postern::signatures::tests {
namespace {

using postern::tests::TemporaryFolder;

const SigningKey& our_key() {
    static const SigningKey key;
    return key;
}
const SigningKey& other_key() {
    static const SigningKey key;
    return key;
}

const Files usual{{"test.ndb", "A:0:*:41414142\nBad:0:*:xx\n"}, {"test.hdb", md5_hex("abc") + ":3:H\n"}};

struct Loaded {
    std::size_t signatures = 0;
    std::string told;
};

Loaded loaded(const std::string& octets, const std::string& keys, SourceOptions options = {},
              const std::string& name = "main.cvd") {
    SetBuilder builder(options);
    builder.add_keys("keys", keys);
    builder.add_text(name, octets);
    Loaded result;
    for (const Diagnostic& one : builder.diagnostics()) result.told += to_string(one) + '\n';
    const auto set = builder.build(1);
    result.signatures = set->statistics().body_signatures + set->statistics().digest_signatures;
    return result;
}

constexpr SourceOptions any_container{.unverified = Unverified::accept};
const std::string bad_line =
    "main.cvd/test.ndb:2:9: error: no hex digit; write octets as two of 0-9 a-f or ?\n";

std::string refused(const std::string& why) {
    return "main.cvd: error: the container is not loaded: " + why + '\n';
}
const std::string nobody = refused(
    "nobody vouches for it: it has no signature, or none by a kind of key that was given; give its "
    "key, or allow unsigned containers");
const std::string wrong_key =
    refused("its signature is by none of the keys given: it is forged, or another key is needed");

TEST(Containers, MembersAreSourcesWithTheirOwnNames) {
    for (const bool gzipped : {true, false}) {
        const Loaded all = loaded(container_of({.members = usual, .gzipped = gzipped}), "", any_container);
        EXPECT_EQ(all.signatures, 2u);
        EXPECT_EQ(all.told, bad_line);
    }
}

TEST(Containers, WithoutAKeyTheyAreRefused) {
    const Loaded none = loaded(container_of({.members = usual, .header_key = &our_key()}), "");
    EXPECT_EQ(none.signatures, 0u);
    EXPECT_EQ(none.told, nobody);
}

TEST(Containers, HeaderSignature) {
    const std::string octets = container_of({.members = usual, .header_key = &our_key()});
    EXPECT_EQ(loaded(octets, "header " + our_key().text() + '\n').told, bad_line);
    EXPECT_EQ(loaded(octets, "header " + our_key().text(true) + '\n').told, bad_line);
    EXPECT_EQ(loaded(octets, "header " + other_key().text() + "\nheader " + our_key().text()).told, bad_line);
    EXPECT_EQ(loaded(octets, "header " + other_key().text() + '\n').told, wrong_key);
    EXPECT_EQ(loaded(octets, "header " + other_key().text() + '\n', any_container).told, wrong_key);
    EXPECT_EQ(loaded(octets, "info " + our_key().text() + '\n').told, nobody);
}

TEST(Containers, InfoSignature) {
    const std::string octets =
        container_of({.members = usual, .info_key = &our_key(), .gzipped = false, .with_md5 = false});
    EXPECT_EQ(loaded(octets, "info " + our_key().text() + '\n').told, bad_line);
    EXPECT_EQ(loaded(octets, "info " + other_key().text() + '\n').told, wrong_key);
    EXPECT_EQ(loaded(octets, "header " + our_key().text() + '\n').told, nobody);
}

TEST(Containers, DetachedSignature) {
    const std::string octets = container_of({.members = usual});
    const std::string pem = our_key().detached(octets);
    std::string line = "#clamsign-1.0\n220::pkcs7-pem:";
    for (const char c : pem.substr(pem.find('\n'), pem.rfind("-----END") - pem.find('\n'))) {
        if (c != '\n') line += c;
    }
    const TemporaryFolder folder;
    for (const std::string& signature : {pem, line + '\n'}) {
        folder.write("main.cvd", octets);
        folder.write("main.cvd.sign", signature);
        const auto count = [&](const std::string& keys) {
            SetBuilder builder;
            builder.add_keys("keys", keys);
            builder.add_path(folder.path());
            return builder.build(1)->statistics().body_signatures;
        };
        EXPECT_EQ(count(our_key().certificate()), 1u);
        EXPECT_EQ(count(other_key().certificate()), 0u);
        EXPECT_EQ(count(""), 0u);
        folder.write("main.cvd", container_of({.members = {{"test.ndb", "B:0:*:41414143\n"}}}));
        EXPECT_EQ(count(our_key().certificate()), 0u);
    }
}

TEST(Containers, WhatIsDamagedIsRefused) {
    std::string octets = container_of({.members = usual});
    octets.back() = static_cast<char>(octets.back() + 1);
    EXPECT_EQ(loaded(octets, "", any_container).told,
              refused("the MD5 in its header is not that of the rest: the container is damaged"));
    EXPECT_EQ(loaded("ClamAV-VDB:1:2", "", any_container).told,
              refused("no header of a container; such a file begins with ClamAV-VDB:"));
    const ContainerSpec spec{.members = usual};
    const std::string cut = container_of(spec);
    EXPECT_EQ(loaded(container_around(cut.substr(512, cut.size() - 540), spec), "", any_container).told,
              refused("the compressed data are damaged or cut"));
}

TEST(Containers, InfoMustNameWhatIsThere) {
    const auto with_info = [](const std::string& info, const Files& members) {
        Files all{{"test.info", info}};
        all.insert(all.end(), members.begin(), members.end());
        return container_around(postern::tests::archive_of("ustar", all), {});
    };
    const std::string right = info_of({.members = usual});
    EXPECT_EQ(loaded(with_info(right, usual), "", any_container).told, bad_line);
    EXPECT_EQ(loaded(with_info(right, {usual[0]}), "", any_container).told,
              refused("member test.hdb is missing, or not as its .info says: the container is damaged"));
    Files changed = usual;
    changed[0].second[0] = 'C';
    EXPECT_EQ(loaded(with_info(right, changed), "", any_container).told,
              refused("member test.ndb is missing, or not as its .info says: the container is damaged"));
    Files more = usual;
    more.emplace_back("more.ndb", "M:0:*:41414142\n");
    EXPECT_EQ(loaded(with_info(right, more), "", any_container).told,
              refused("its .info does not name member more.ndb"));
    EXPECT_EQ(loaded(with_info("test.ndb:1:00\n", usual), "", any_container).told,
              refused("its .info does not begin with its header"));
}

TEST(Containers, NamesAreOnlyNames) {
    const Files outside{{"../x.ndb", "A:0:*:41414142\n"}};
    EXPECT_EQ(loaded(container_of({.members = outside, .with_info = false}), "", any_container).told,
              refused("a member's name is no file's name, or stands twice"));
    const std::string inner = container_of({.members = usual});
    EXPECT_EQ(loaded(container_of({.members = {{"inner.cvd", inner}}}), "", any_container).told,
              "main.cvd: error: a container inside a container is not loaded\n");
}

// A gigabyte of zeros in a megabyte: refused before it is unpacked.
TEST(Containers, BombsAreRefused) {
    const std::string zeros(96 << 20, '\0');
    const std::string octets = container_of({.members = {{"test.ndb", zeros}}, .with_info = false});
    EXPECT_EQ(loaded(octets, "", any_container).told,
              refused("the archive unpacks to more than it may"));
}

TEST(Containers, KeysThatAreNoneAreTold) {
    EXPECT_EQ(loaded("", "# comment\n\nheader 12\nother 3 5\ninfo 4x 5\n-----BEGIN CERTIFICATE-----\nx\n",
                     any_container).told.substr(0, 48),
              "keys:3: error: no key; write 'header MODULUS EXP");
}

// Every octet of a container changed or cut: refused or loaded the same, never more.
TEST(Containers, DamageIsHarmless) {
    const std::string octets = container_of({.members = usual, .gzipped = false});
    Random random(9);
    for (int i = 0; i < 400; ++i) {
        std::string damaged = octets;
        damaged[512 + random.below(damaged.size() - 512)] = static_cast<char>(random.below(256));
        if (random.one_in(3)) damaged.resize(512 + random.below(damaged.size() - 512));
        const std::string body = damaged.substr(512);
        EXPECT_LE(loaded(container_around(body, {}), "", any_container).signatures, 2u);
    }
}

TEST(Containers, BuiltBySigtoolAreRead) {
    const char* sigtool = "/usr/bin/sigtool";
    if (!std::filesystem::exists(sigtool)) GTEST_SKIP() << "sigtool is not installed";
    const TemporaryFolder folder;
    std::string lines;
    for (int i = 0; i < 9; ++i) lines += numbered("S", i) + ":0:*:4142434445464748495" + numbered("", i) + '\n';
    folder.write("test.ndb", lines);
    folder.write("COPYING", "x\n");
    postern::tests::run_command({"/usr/bin/env", "-C", folder.path().string(), "SIGNDUSER=tester",
                                 sigtool, "--build=test.cud", "--unsigned", "--cvd-version=1"});
    const std::string octets = postern::tests::read_file(folder.path() / "test.cud");
    ASSERT_GT(octets.size(), 512u);
    EXPECT_EQ(loaded(octets, "", any_container, "test.cud").signatures, 9u);
    EXPECT_EQ(loaded(octets, "", {}, "test.cud").signatures, 0u);
}

// The other way round: what our builder for tests makes, ClamAV loads.
TEST(Containers, OfTheTestsAreClamAVs) {
    if (!postern::tests::have_clamscan()) GTEST_SKIP() << "clamscan is not installed";
    const std::string octets = container_of({.members = {{"test.ndb", "A:0:*:41414142\n"}}});
    const auto found = postern::tests::clamscan({{"test.cud", octets}}, {{"file", "xxAAABxx"}});
    ASSERT_TRUE(found.contains("file"));
    EXPECT_EQ(*found.at("file").begin(), "A");
}

TEST(Containers, UnwantedMembersAreLeftOutToo) {
    const std::string octets = container_of({.members = {{"test.ndu", "A:0:*:41414142\n#x\n"}}});
    EXPECT_EQ(loaded(octets, "", any_container).told,
              "main.cvd/test.ndu: warning: 1 entry is left out; potentially unwanted programs are "
              "looked for on request only\n");
    EXPECT_EQ(loaded(octets, "", {Unverified::accept, Unwanted::load}).signatures, 1u);
}

}  // namespace
}  // namespace postern::signatures::tests
