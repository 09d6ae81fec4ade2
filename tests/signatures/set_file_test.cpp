// SPDX-License-Identifier: Apache-2.0
// A set written and loaded matches as before; a file that was touched in any way is refused.
#include "program_builder.h"
#include "signatures/hasher.h"
#include "signatures/set_file/set_file.h"
#include "support.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace postern::signatures::tests {
namespace {

namespace fs = std::filesystem;

// A folder of its own for each test, gone afterwards.
class Folder {
public:
    Folder() : path_(fs::path(testing::TempDir()) / ("postern-set-file-" + std::to_string(::getpid()))) {
        fs::create_directories(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    fs::path operator/(const std::string& name) const { return path_ / name; }

private:
    fs::path path_;
};

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, std::string_view octets) {
    std::ofstream(path, std::ios::binary).write(octets.data(), static_cast<std::streamsize>(octets.size()));
}

std::string md5_of(std::string_view text) {
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    const Digests digests = Hasher().digest(octets(text), kinds);
    return hex({reinterpret_cast<const char*>(digests.md5.data()), digests.md5.size()});
}

// One of everything that a set can hold.
std::vector<std::pair<std::string, std::string>> sources() {
    std::string bodies;
    Random random(3);
    for (std::size_t i = 0; i < 300; ++i) {
        std::string octets;
        for (int n = 0; n < 20; ++n) octets += static_cast<char>(i % 3 == 0 ? 'a' + random.below(26) : random.below(256));
        bodies += numbered("B", i) + ':' + std::to_string(i % 8) + ":*:" + hex(octets) + '\n';
    }
    bodies += "Gap:0:*:" + hex("first part") + "*" + hex("second part") + "\nSlow:0:*:41??42??43\nPlaced:0:4:" +
              hex("here") + "\n";
    return {{"bodies.ndb", bodies},
            {"digests.hdb", "d41d8cd98f00b204e9800998ecf8427e:17:One\n5d41402abc4b2a76b9719d911017c592:5:Hello\n"},
            {"any.hsb", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824:*:HelloToo:73\n"},
            {"clean.fp", "7d793037a0760186574b0282f2f435e7:5:World\n"},
            {"sections.mdb", "512:" + md5_of(pe_image({}).octets().substr(0x400, 0x200)) + ":Section\n"},
            {"imports.imp", md5_of("") + ":*:NoImports\n"},
            {"members.cdb", "Member:CL_TYPE_ZIP:*:(?i)\\.EXE$:*:*:*:*:*:*\nLarge:*:9-0:*:*:*:*:*:*:*\n"},
            {"logic.ldb", "Logic;Engine:81-255,Target:0;(0|1)>1,2&2&3;" + hex("alpha") + "::iwa;" +
                              hex("bravo") + "::f;0/b(.)avo/sg;0(>>5#ib1#=33)\n" +
                              "Slow;Engine:81-255,Intermediates:CL_TYPE_ANY,Target:0;0=0;" +
                              hex("alpha") + "\n"},
            {"rules.yar", "rule Greeting { strings: $a = \"good morning\" nocase condition: $a }\n"}};
}

std::shared_ptr<const SignatureSet> build(bool backwards = false) {
    SetBuilder builder;
    builder.add_built_in();
    auto all = sources();
    if (backwards) std::reverse(all.begin(), all.end());
    for (const auto& [name, text] : all) builder.add_text(name, text);
    for (const Diagnostic& diagnostic : builder.diagnostics()) ADD_FAILURE() << to_string(diagnostic);
    return builder.build(2);
}

std::vector<std::string> contents() {
    std::vector<std::string> all{"", "hello", "world", "say first part and then second part", "xxxxhere", "A1B2C3",
                                 "A1B2C", "alpha! bravo", "alpha? bravo"};
    const std::string bodies = sources()[0].second;
    for (std::size_t at = 0; at < bodies.size(); at = bodies.find('\n', at) + 1) {
        const std::string line = bodies.substr(at, bodies.find('\n', at) - at);
        const std::string body = line.substr(line.rfind(':') + 1);
        if (body.find_first_not_of("0123456789abcdef") != body.npos) continue;
        std::string octets;
        for (std::size_t i = 0; i < body.size(); i += 2) octets += static_cast<char>(std::stoi(body.substr(i, 2), nullptr, 16));
        all.push_back("before " + octets + " behind");
        octets.back() = static_cast<char>(octets.back() ^ 1);
        all.push_back("before " + octets + " behind");
    }
    return all;
}

std::string answers(const std::shared_ptr<const SignatureSet>& set) {
    Matcher matcher(set);
    std::string all(set->generation());
    for (const std::string& content : contents()) {
        for (int target = 0; target < 8; ++target) {
            all += told(matches_of(matcher, content, static_cast<Target>(target))) + ';';
        }
        all += set->allows(octets(content)) ? "allowed\n" : "\n";
    }
    all += told(matches_of(matcher, pe_image({}).octets(), Target::pe));
    for (const std::string_view name : {"a.exe", "a.txt"}) {
        all += told(matcher.match_member({ContentType::zip, 9, name, 1, 2, false, 1, {}})) + ';';
    }
    const std::vector<ContentType> around{ContentType::mail};
    all += told(matcher.match({octets("bravo"), Target::any, Alphabet::octets, around}));
    yara::RuleSubject subject;
    const std::string greeting = "Good Morning";
    subject.bytes = octets(greeting);
    return all + told(matcher.match_rules(subject).matches);
}

class SetFiles : public testing::Test {
protected:
    Folder folder_;
    const fs::path file_ = folder_ / "a.set";
};

TEST_F(SetFiles, LoadedMatchesAsBuilt) {
    const auto set = build();
    const std::string expected = answers(set);
    EXPECT_NE(expected.find("B12@7+20"), expected.npos);
    EXPECT_NE(expected.find("Gap@4"), expected.npos);
    EXPECT_NE(expected.find("HelloToo@0+5"), expected.npos);
    EXPECT_NE(expected.find("allowed"), expected.npos);
    EXPECT_NE(expected.find("Logic@0+5"), expected.npos);
    EXPECT_NE(expected.find("Slow@0+0"), expected.npos);
    EXPECT_NE(expected.find("Section@1024+512"), expected.npos);
    EXPECT_NE(expected.find("Large@0+0 Member@0+0;Large@0+0;"), expected.npos);
    EXPECT_NE(expected.find("YARA.Greeting@0+12"), expected.npos);
    write_set(*set, file_, nullptr);
    const auto loaded = load_set(file_);
    EXPECT_EQ(answers(loaded), expected);
    EXPECT_EQ(loaded->statistics().body_signatures, set->statistics().body_signatures);
    EXPECT_TRUE(is_set_file(file_));
    EXPECT_EQ(verify_set(file_, {}).generation, set->generation());
}

TEST_F(SetFiles, TheSameSourcesGiveTheSameOctets) {
    write_set(*build(), file_, nullptr);
    write_set(*build(true), folder_ / "b.set", nullptr);
    EXPECT_TRUE(read(file_) == read(folder_ / "b.set"));
    write_set(*load_set(file_), folder_ / "c.set", nullptr);
    EXPECT_TRUE(read(file_) == read(folder_ / "c.set"));
}

std::size_t every() {
    const char* wanted = std::getenv("POSTERN_SET_FILE_STEP");
    return wanted ? std::stoul(wanted) : 997;
}

// Flipped, zeroed, cut: a sentence, or the same answers; POSTERN_SET_FILE_STEP=1 tries every octet.
TEST_F(SetFiles, WhateverIsDoneToItIsNoticed) {
    write_set(*build(), file_, nullptr);
    const std::string whole = read(file_);
    const fs::path bad = folder_ / "bad.set";
    const auto refused = [&](const std::string& octets) {
        write(bad, octets);
        try {
            load_set(bad);
            return false;
        } catch (const SetFileError& error) {
            const std::string text = error.what();
            EXPECT_TRUE(text.starts_with(bad.native() + ": ")) << text;
            return true;
        }
    };
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < 240; ++at) places.push_back(at);
    for (std::size_t at = 240; at < whole.size(); at += every()) places.push_back(at);
    for (std::size_t at = whole.size() - 300; at < whole.size(); at += 7) places.push_back(at);
    for (const std::size_t at : places) {
        std::string octets = whole;
        octets[at] = static_cast<char>(octets[at] ^ (1 << at % 8));
        ASSERT_TRUE(refused(octets)) << "flipped at " << at;
        ASSERT_TRUE(whole[at] == 0 || refused(std::string(whole).replace(at, 1, 1, '\0'))) << "zeroed at " << at;
        if (at % 5 == 0) {
            ASSERT_TRUE(refused(whole.substr(0, at))) << "cut at " << at;
        }
    }
    ASSERT_TRUE(refused(whole + '\0'));
    ASSERT_TRUE(refused("rule text { condition: true }"));
    ASSERT_FALSE(refused(whole));
}

class Keys : public SetFiles {
protected:
    // A key pair in the files NAME.pem and NAME.pub.
    void make_keys(const std::string& name) {
        EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        std::FILE* file = std::fopen((folder_ / (name + ".pem")).c_str(), "w");
        PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        file = std::fopen((folder_ / (name + ".pub")).c_str(), "w");
        PEM_write_PUBKEY(file, key);
        std::fclose(file);
        EVP_PKEY_free(key);
    }
    std::string load(const std::string& key) {
        const VerifyingKey verifying = VerifyingKey::read(folder_ / key);
        LoadOptions options;
        options.key = &verifying;
        try {
            load_set(file_, options);
            return "loaded";
        } catch (const SetFileError& error) {
            return error.what();
        }
    }
};

TEST_F(Keys, OnlyWhatTheKeySignedIsLoaded) {
    make_keys("ours");
    make_keys("theirs");
    const SigningKey key = SigningKey::read(folder_ / "ours.pem");
    write_set(*build(), file_, &key);
    EXPECT_EQ(load("ours.pub"), "loaded");
    EXPECT_EQ(load("ours.pem"), "loaded");
    EXPECT_NE(load("theirs.pub").find("not signed by the key"), std::string::npos);
    EXPECT_TRUE(verify_set(file_, {}).is_signed);
    write_set(*build(), file_, nullptr);
    EXPECT_NE(load("ours.pub").find("is not signed, and a key is configured"), std::string::npos);
}

TEST_F(Keys, WhatIsNoKeyIsSaidToBeNone) {
    write(folder_ / "empty.pem", "");
    EXPECT_THROW(SigningKey::read(folder_ / "empty.pem"), KeyError);
    EXPECT_THROW(SigningKey::read(folder_ / "absent.pem"), KeyError);
    make_keys("ours");
    EXPECT_THROW(SigningKey::read(folder_ / "ours.pub"), KeyError);
}

}  // namespace
}  // namespace postern::signatures::tests
