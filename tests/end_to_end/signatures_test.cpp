// SPDX-License-Identifier: Apache-2.0
// `postern signatures build | info | verify` and `postern scan` with a built set, as a user meets them.
#include "tests/support/archive_writer.h"
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <map>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");
const std::string good_line = "Good.Body:0:*:48656c6c6f20776f726c64\n";  // Hello world
const std::string mail_hit = "From: a@example.org\r\nTo: b@example.org\r\n\r\nHello world\r\n";
const std::string mail_miss = "From: a@example.org\r\nTo: b@example.org\r\n\r\nHello worle\r\n";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string md5_of(const std::string& octets) {
    unsigned char digest[16];
    EVP_Q_digest(nullptr, "MD5", nullptr, octets.data(), octets.size(), digest, nullptr);
    std::string hex;
    for (const unsigned char octet : digest) {
        hex += "0123456789abcdef"[octet >> 4];
        hex += "0123456789abcdef"[octet & 15];
    }
    return hex;
}

// A container; `signature` is what its header says, X being none.
std::string container(const Files& members, const std::string& signature = "X") {
    const std::string body = filtered("gzip", archive_of("ustar", members));
    std::string header = "ClamAV-VDB:22 Nov 2026 10-00 +0000:7:1:90:" + md5_of(body) + ':' + signature + ":me:1795344000";
    header.resize(512, ' ');
    return header + body;
}

class SignatureCommands : public testing::Test {
protected:
    CommandResult signatures(std::vector<std::string> words) const {
        words.insert(words.begin(), {program, "signatures"});
        return run_command(words);
    }
    CommandResult build(std::vector<std::string> words) const {
        words.insert(words.begin(), "build");
        words.insert(words.end(), {"-o", set});
        return signatures(words);
    }
    CommandResult scan(std::vector<std::string> words, const std::string& mail = mail_hit) const {
        words.insert(words.begin(), {program, "scan", "--format", "json", "-"});
        return run_command(words, mail);
    }
    bool set_exists() const { return std::filesystem::exists(set); }

    TemporaryFolder folder;
    const std::string set = folder.path() / "a.set";
    const std::string source = folder.write("a.ndb", good_line);
};

// Two key pairs, in PEM files as OpenSSL writes them.
class SignedSets : public SignatureCommands {
protected:
    void SetUp() override {
        make("mine");
        make("other");
    }
    void make(const std::string& name) const {
        EVP_PKEY* pair = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        std::FILE* file = std::fopen(key(name).c_str(), "w");
        PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        file = std::fopen(public_key(name).c_str(), "w");
        PEM_write_PUBKEY(file, pair);
        std::fclose(file);
        EVP_PKEY_free(pair);
    }
    std::string key(const std::string& name) const { return folder.path() / (name + ".pem"); }
    std::string public_key(const std::string& name) const { return folder.path() / (name + ".pub.pem"); }
};

TEST_F(SignatureCommands, BuildTellsBadLinesAndKeepsTheRest) {
    const auto mixed = folder.write("mixed.ndb", "Bad.Hex:0:*:4865zz\n" + good_line);
    const CommandResult result = build({mixed});
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_TRUE(has(result.errors, "mixed.ndb:1:17: error: ")) << result.errors;
    EXPECT_TRUE(has(result.output, "2 of bodies")) << result.output;  // and EICAR
    EXPECT_TRUE(has(result.output, "left out: 1 wrong\n")) << result.output;
    EXPECT_TRUE(has(result.output, "not signed, in ")) << result.output;
    EXPECT_EQ(scan({"--signatures", set}).status, 1);
}

TEST_F(SignatureCommands, StrictSaysThatLinesWereLeftOut) {
    EXPECT_EQ(build({source, "--strict"}).status, 0);
    const auto wrong = folder.write("wrong.ndb", "Bad.Hex:0:*:4865zz\n");
    EXPECT_EQ(build({source, wrong, "--strict"}).status, 1);
    EXPECT_TRUE(set_exists());
    const auto unsupported = folder.write("u.pdb", "R:example.org:example.com\n");
    EXPECT_EQ(build({source, unsupported, "--strict"}).status, 1);
    EXPECT_EQ(build({source, unsupported}).status, 0);
    // What nobody asked for was not left out by mistake.
    const auto unwanted = folder.write("w.ndu", "Pua.One:0:*:60616263646566676869\n");
    EXPECT_EQ(build({source, unwanted, "--strict"}).status, 0);
}

// More wrong lines than are told one by one are still wrong lines, not a source that cannot be read.
TEST_F(SignatureCommands, ThousandsOfBadLinesDoNotStopTheRest) {
    std::string lines;
    for (int i = 0; i < 1500; ++i) lines += "x\n";
    const auto many = folder.write("many.ndb", lines + good_line);
    const CommandResult result = build({many});
    EXPECT_EQ(result.status, 0) << result.errors.substr(result.errors.size() - 200);
    EXPECT_TRUE(has(result.output, "left out: 1500 wrong\n")) << result.output;
    EXPECT_TRUE(has(result.errors, "500 more lines")) << "the rest is counted";
    EXPECT_EQ(scan({"--signatures", set}).status, 1);
    EXPECT_EQ(scan({"--signatures", many}).status, 1);
    EXPECT_EQ(scan({"--signatures", many}, mail_miss).status, 0);
}

TEST_F(SignatureCommands, WhatCannotBeReadWritesNothing) {
    EXPECT_EQ(build({source, folder.path() / "missing.ndb"}).status, 2);
    const CommandResult nameless = build({folder.write("a.unknown", good_line)});
    EXPECT_EQ(nameless.status, 2);
    EXPECT_TRUE(has(nameless.errors, "a.unknown: error: no signature format has this name")) << nameless.errors;
    EXPECT_EQ(build({source, "--sign", source}).status, 2);
    EXPECT_EQ(build({source, "--key", folder.path() / "no-keys"}).status, 2);
    EXPECT_FALSE(set_exists());
    ASSERT_EQ(build({source}).status, 0);
    const CommandResult of_a_set = signatures({"build", set, "-o", folder.path() / "b.set"});
    EXPECT_EQ(of_a_set.status, 2);
    EXPECT_TRUE(has(of_a_set.errors, "a.set: is a built set")) << of_a_set.errors;
}

TEST_F(SignatureCommands, UnwantedProgramsAreLookedForOnRequest) {
    const auto unwanted = folder.write("w.ndu", "Pua.One:0:*:48656c6c6f20776f726c64\n");
    ASSERT_EQ(build({unwanted}).status, 0);
    EXPECT_EQ(scan({"--signatures", set}).status, 0);
    ASSERT_EQ(build({unwanted, "--unwanted"}).status, 0);
    const CommandResult found = scan({"--signatures", set});
    EXPECT_EQ(found.status, 1);
    EXPECT_TRUE(has(found.output, "Pua.One")) << found.output;
}

TEST_F(SignatureCommands, AContainerNeedsAKeyOrLeave) {
    const auto file = folder.write("c.cud", container({{"test.ndb", good_line}}));
    const CommandResult refused = build({file});
    EXPECT_EQ(refused.status, 2);
    EXPECT_TRUE(has(refused.errors, "c.cud: error: the container is not loaded: nobody vouches for it")) << refused.errors;
    EXPECT_FALSE(set_exists());
    const auto keys = folder.write("keys", "header 3233 17\n");
    EXPECT_EQ(build({file, "--key", keys}).status, 2) << "it has no signature that a key could prove";
    ASSERT_EQ(build({file, "--allow-unsigned"}).status, 0);
    EXPECT_EQ(scan({"--signatures", set}).status, 1);
    EXPECT_EQ(scan({"--signatures", set}, mail_miss).status, 0);
    const CommandResult both = build({file, "--allow-unsigned", "--key", keys});
    EXPECT_EQ(both.status, 0) << both.errors;
}

// With keys, leave for what is unsigned is no leave for what another has signed.
TEST_F(SignatureCommands, AForgedContainerIsRefusedWhateverIsAllowed) {
    const auto file = folder.write("c.cvd", container({{"test.ndb", good_line}}, "bbbbbbbb"));
    const auto keys = folder.write("keys", "header 3233 17\n");
    const CommandResult refused = build({file, "--allow-unsigned", "--key", keys});
    EXPECT_EQ(refused.status, 2);
    EXPECT_TRUE(has(refused.errors, "by none of the keys")) << refused.errors;
    EXPECT_FALSE(set_exists());
}

TEST_F(SignatureCommands, TheSameSourcesGiveTheSameOctetsOnAnyNumberOfThreads) {
    const auto second = folder.write("b.ndb", "Second:0:*:6162636465666768\n");
    ASSERT_EQ(build({source, second, "--jobs", "1"}).status, 0);
    const std::string one = read_file(set);
    ASSERT_EQ(build({second, source, "--jobs", "4"}).status, 0);
    EXPECT_EQ(one, read_file(set));
    EXPECT_EQ(build({source, "--jobs", "0"}).status, 2);
}

TEST_F(SignatureCommands, InfoSaysWhatASetHolds) {
    const auto logical = folder.write("l.ldb", "Logic;Engine:51-255,Target:0;0&1;6f6e652d6f6e65;74776f2d74776f\n");
    const auto wrong = folder.write("w.ndb", "Bad.Hex:0:*:4865zz\n");
    ASSERT_EQ(build({source, logical, wrong}).status, 0);
    const CommandResult result = signatures({"info", "--format", "json", set});
    ASSERT_EQ(result.status, 0) << result.errors;
    const Json json = Json::parse(result.output);
    EXPECT_EQ(json["version"], 3);
    EXPECT_EQ(json["generation"].get<std::string>().size(), 64u);
    EXPECT_EQ(json["generation"], Json::parse(scan({"--signatures", set}).output)["generation"]);
    EXPECT_EQ(json["signed"], false);
    EXPECT_EQ(json["octets"], std::filesystem::file_size(set));
    EXPECT_EQ(json["signatures"]["body_signatures"], 2);
    EXPECT_EQ(json["signatures"]["logical_signatures"], 1);
    EXPECT_EQ(json["signatures"]["yara_rules"], 0);
    EXPECT_EQ(json["left_out"]["errors"], 1);
    const CommandResult text = signatures({"info", set});
    EXPECT_TRUE(has(text.output, "signatures  2 of bodies, 1 logical\nleft out    1 wrong\n")) << text.output;
}

TEST_F(SignatureCommands, EachTableStandsOnceInASet) {
    const auto logical = folder.write("l.ldb", "Logic;Engine:51-255,Target:0;0&1;6f6e652d6f6e65;74776f2d74776f\n");
    ASSERT_EQ(build({logical}).status, 0);
    std::map<std::string, int> names;
    const Json info = Json::parse(signatures({"info", "--format", "json", set}).output);
    for (const Json& section : info["sections"]) {
        EXPECT_EQ(++names[section["name"]], 1) << section["name"];
    }
    EXPECT_EQ(names.count("logic.rows"), 1u);
}

TEST_F(SignatureCommands, WhatIsNoWholeSetIsRefusedWithASentence) {
    for (const char* command : {"info", "verify"}) {
        const CommandResult none = signatures({command, source});
        EXPECT_EQ(none.status, 2);
        EXPECT_TRUE(has(none.errors, "a.ndb: is no signature set")) << none.errors;
        EXPECT_EQ(signatures({command, folder.path() / "missing.set"}).status, 2);
    }
    ASSERT_EQ(build({source}).status, 0);
    std::string octets = read_file(set);
    octets[octets.size() / 2] ^= 1;
    const std::string damaged = folder.write("damaged.set", octets);
    for (const std::vector<std::string>& words : {std::vector<std::string>{"info", damaged}, {"verify", damaged}}) {
        const CommandResult refused = signatures(words);
        EXPECT_EQ(refused.status, 2);
        EXPECT_TRUE(has(refused.errors, "damaged.set: is damaged")) << refused.errors;
    }
    EXPECT_EQ(scan({"--signatures", damaged}).status, 2);
}

TEST_F(SignatureCommands, ASetFindsWhatItsSourcesFind) {
    ASSERT_EQ(build({source}).status, 0);
    for (const std::string& mail : {mail_hit, mail_miss}) {
        Json by_set = Json::parse(scan({"--signatures", set}, mail).output);
        Json by_sources = Json::parse(scan({"--signatures", source}, mail).output);
        by_set.erase("seconds");
        by_sources.erase("seconds");
        EXPECT_EQ(by_set, by_sources);
        EXPECT_EQ(by_set["findings"].size(), mail == mail_hit ? 1u : 0u);
    }
}

TEST_F(SignatureCommands, ASetIsUsedAlone) {
    ASSERT_EQ(build({source}).status, 0);
    for (const auto& words : {std::vector<std::string>{"-s", set, "-s", source}, {"-s", source, "-s", set},
                              {"-s", set, "-s", set}}) {
        const CommandResult refused = scan(words);
        EXPECT_EQ(refused.status, 2);
        EXPECT_TRUE(has(refused.errors, "a.set: a built set is used alone")) << refused.errors;
    }
}

TEST_F(SignedSets, OnlyTheKeyThatSignedProvesASet) {
    ASSERT_EQ(build({source, "--sign", key("mine")}).status, 0);
    EXPECT_TRUE(has(signatures({"verify", set, "--key", public_key("mine")}).output, "signed by this key"));
    EXPECT_TRUE(has(signatures({"verify", set}).output, "by whom was not asked"));
    EXPECT_EQ(Json::parse(signatures({"info", "-f", "json", set}).output)["signed"], true);
    const CommandResult others = signatures({"verify", set, "--key", public_key("other")});
    EXPECT_EQ(others.status, 2);
    EXPECT_TRUE(has(others.errors, "not signed by the key")) << others.errors;
    EXPECT_EQ(signatures({"verify", set, "--key", source}).status, 2);
}

TEST_F(SignedSets, AScannerWithAKeyTakesNothingElse) {
    ASSERT_EQ(build({source}).status, 0);
    const std::vector<std::string> with_key{"--signatures", set, "--signature-key", public_key("mine")};
    const CommandResult without = scan(with_key);
    EXPECT_EQ(without.status, 2);
    EXPECT_TRUE(has(without.errors, "is not signed, and a key is configured")) << without.errors;
    EXPECT_EQ(without.output, "");
    ASSERT_EQ(build({source, "--sign", key("other")}).status, 0);
    EXPECT_EQ(scan(with_key).status, 2);
    ASSERT_EQ(build({source, "--sign", key("mine")}).status, 0);
    EXPECT_EQ(scan(with_key).status, 1);
    EXPECT_EQ(scan(with_key, mail_miss).status, 0);
    // Sources cannot be signed, so a key beside them would be asked for in vain.
    EXPECT_EQ(scan({"--signatures", source, "--signature-key", public_key("mine")}).status, 2);
    EXPECT_EQ(scan({"--signature-key", public_key("mine")}).status, 2);
}

}  // namespace
}  // namespace postern::tests
