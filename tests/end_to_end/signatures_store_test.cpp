// SPDX-License-Identifier: Apache-2.0
// `postern signatures activate | rollback | list | prune`, and `postern scan --store | --shadow`, as a user meets
// them; the running scan that takes up what is activated is driven through its standard streams.
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace postern::tests {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

const std::string program = postern::tests::built_path("postern");
const std::string mail_head = "From: a@example.org\r\nTo: b@example.org\r\n\r\n";
const std::string mail = mail_head + "Hello world\r\n";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<Json> lines(const std::string& text) {
    std::vector<Json> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
    return all;
}

class StoreCommands : public testing::Test {
protected:
    CommandResult signatures(Words words) const {
        words.insert(words.begin(), {program, "signatures"});
        return run_command(words);
    }
    CommandResult in_store(Words words) const {
        words.insert(words.end(), {"--store", store});
        return signatures(words);
    }
    CommandResult scan(Words words) const {
        words.insert(words.begin(), {program, "scan", "--format", "json", "-"});
        return run_command(words, mail);
    }
    // A set that finds "Hello world" under this name.
    std::string set(const std::string& name, const Words& more = {}) const {
        const std::string file = folder.path() / (name + ".set");
        Words words{"build", folder.write(name + ".ndb", name + ":0:*:48656c6c6f20776f726c64\n"), "-o", file};
        words.insert(words.end(), more.begin(), more.end());
        const CommandResult built = signatures(words);
        EXPECT_EQ(built.status, 0) << built.errors;
        return file;
    }
    std::string generation(const std::string& set_file) const {
        return Json::parse(signatures({"info", "-f", "json", set_file}).output)["generation"];
    }
    std::vector<Json> list() const { return lines(in_store({"list", "-f", "json"}).output); }
    // "current before kept", in the order of the list.
    std::string as() const {
        std::string all;
        for (const Json& row : list()) all += (all.empty() ? "" : " ") + row["as"].get<std::string>();
        return all;
    }
    std::string found(const Words& words) const {
        const CommandResult result = scan(words);
        std::string names;
        const Json verdict = Json::parse(result.output);
        for (const Json& finding : verdict["findings"]) names += finding["name"].get<std::string>();
        return names;
    }

    TemporaryFolder folder;
    const std::string store = folder.path() / "store";
};

TEST_F(StoreCommands, ActivateAndRollBack) {
    const std::string one = set("One"), two = set("Two");
    const CommandResult first = in_store({"activate", one});
    EXPECT_EQ(first.status, 0) << first.errors;
    EXPECT_TRUE(first.output.starts_with("current " + generation(one) + " since 20")) << first.output;
    EXPECT_EQ(in_store({"activate", two}).status, 0);
    EXPECT_EQ(found({"--store", store}), "Two");
    EXPECT_EQ(as(), "current before");
    const CommandResult back = in_store({"rollback"});
    EXPECT_TRUE(back.output.starts_with("current " + generation(one))) << back.output;
    EXPECT_EQ(found({"--store", store}), "One");
    EXPECT_EQ(as(), "current kept");
    const CommandResult further = in_store({"rollback"});
    EXPECT_EQ(further.status, 2);
    EXPECT_TRUE(has(further.errors, "nothing to go back to")) << further.errors;
    EXPECT_EQ(found({"--store", store}), "One");
}

TEST_F(StoreCommands, SourcesAreToBeBuiltFirst) {
    const std::string source = folder.write("a.ndb", "A:0:*:48656c6c6f20776f726c64\n");
    for (const std::string& path : {source, folder.path().native()}) {
        const CommandResult result = in_store({"activate", path});
        EXPECT_EQ(result.status, 2);
        EXPECT_TRUE(has(result.errors, path + ": is no signature set; make one with `postern signatures build`")) << result.errors;
    }
    EXPECT_EQ(in_store({"activate"}).status, 2);
    EXPECT_EQ(in_store({"activate", folder.path() / "none.set"}).status, 2);
    EXPECT_EQ(in_store({"list"}).output, "no set yet; `postern signatures activate SET` puts one in force\n");
}

TEST_F(StoreCommands, AnEmptyStoreIsSaidToBeEmpty) {
    EXPECT_TRUE(list().empty());
    EXPECT_EQ(in_store({"prune"}).output, "0 deleted\n");
    for (const CommandResult& result : {in_store({"rollback"}), scan({"--store", store})}) {
        EXPECT_EQ(result.status, 2);
        EXPECT_TRUE(has(result.errors, "store: holds no set yet; `postern signatures activate SET` puts one in force"))
            << result.errors;
    }
    EXPECT_FALSE(fs::exists(store));
}

TEST_F(StoreCommands, PruneLeavesWhatRollbackReachesAndTheShadow) {
    for (const char* name : {"One", "Two", "Three", "Four"}) ASSERT_EQ(in_store({"activate", set(name)}).status, 0);
    ASSERT_EQ(in_store({"activate", "--shadow", set("Five")}).status, 0);
    EXPECT_EQ(in_store({"prune", "--keep", "1"}).status, 2) << "one to go back to stays";
    EXPECT_EQ(in_store({"prune", "--keep", "2"}).output, "2 deleted\n");
    EXPECT_EQ(as(), "current before shadow");
    EXPECT_EQ(found({"--store", store}), "Four");
    EXPECT_EQ(in_store({"rollback"}).status, 0);
    EXPECT_EQ(found({"--store", store}), "Three");
}

TEST_F(StoreCommands, ListSaysWhatASetHoldsAndWhatIsBroken) {
    ASSERT_EQ(in_store({"activate", set("One")}).status, 0);
    ASSERT_EQ(in_store({"activate", set("Two")}).status, 0);
    const std::string one = generation(set("One"));
    folder.write("store/sets/" + one + ".set", "not any more");
    const std::vector<Json> rows = list();
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0]["as"], "current");
    EXPECT_EQ(rows[0]["signatures"]["body_signatures"], 2);  // and EICAR
    EXPECT_EQ(rows[0]["signed"], false);
    EXPECT_TRUE(has(rows[1]["error"], "is no signature set"));
    const std::string text = in_store({"list"}).output;
    EXPECT_TRUE(has(text, "current  " + generation(set("Two")).substr(0, 16))) << text;
    EXPECT_TRUE(has(text, "BROKEN")) << text;
    const CommandResult back = in_store({"rollback"});
    EXPECT_EQ(back.status, 2);
    EXPECT_EQ(found({"--store", store}), "Two") << "a refused step back changes nothing";
}

TEST_F(StoreCommands, TheStoreBringsItsOwnSets) {
    ASSERT_EQ(in_store({"activate", set("One")}).status, 0);
    for (const char* option : {"--signatures", "--shadow"}) {
        const CommandResult result = scan({"--store", store, option, set("Two")});
        EXPECT_EQ(result.status, 2);
        EXPECT_TRUE(has(result.errors, "--store brings its own sets")) << result.errors;
    }
}

TEST_F(StoreCommands, TheStoresPlaceCanStandInTheEnvironment) {
    ::setenv("POSTERN_STORE", store.c_str(), 1);
    const CommandResult result = signatures({"activate", set("One")});
    ::unsetenv("POSTERN_STORE");
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(as(), "current");
}

// What the shadow finds is told in both formats; what it would decide is not done.
TEST_F(StoreCommands, AShadowsHitsAreToldAndDecideNothing) {
    const std::string quiet = folder.path() / "quiet.set";
    ASSERT_EQ(signatures({"build", folder.write("q.ndb", "Quiet:0:*:6e6f2073756368\n"), "-o", quiet}).status, 0);
    const std::string loud = set("Loud");
    const auto check = [&](const Words& words) {
        const CommandResult json = scan(words);
        EXPECT_EQ(json.status, 0) << json.errors;
        const Json verdict = Json::parse(json.output);
        EXPECT_EQ(verdict["decision"], "accept");
        EXPECT_TRUE(verdict["findings"].empty());
        EXPECT_EQ(verdict["generation"], generation(quiet));
        EXPECT_EQ(verdict["shadow"]["generation"], generation(loud));
        EXPECT_EQ(verdict["shadow"]["complete"], true);
        ASSERT_EQ(verdict["shadow"]["findings"].size(), 1u);
        EXPECT_EQ(verdict["shadow"]["findings"][0]["name"], "Loud");
        Words all{program, "scan", "-"};
        all.insert(all.end(), words.begin(), words.end());
        const CommandResult text = run_command(all, mail);
        EXPECT_EQ(text.status, 0);
        EXPECT_TRUE(text.output.starts_with("accept  ")) << text.output;
        EXPECT_TRUE(has(text.output, "    shadow set, deciding nothing: signature Loud in 1 at 0")) << text.output;
        EXPECT_TRUE(has(text.output, "shadow set: 1 messages hit, 1 of them accepted\n")) << text.output;
    };
    check({"--signatures", quiet, "--shadow", loud});
    ASSERT_EQ(in_store({"activate", quiet}).status, 0);
    EXPECT_FALSE(Json::parse(scan({"--store", store}).output).contains("shadow"));
    EXPECT_TRUE(in_store({"activate", "--shadow", loud}).output.starts_with("shadow " + generation(loud)));
    check({"--store", store});
    EXPECT_EQ(in_store({"activate", "--no-shadow"}).output, "no shadow set any more\n");
    EXPECT_EQ(in_store({"activate", "--no-shadow"}).output, "there was no shadow set\n");
    EXPECT_EQ(in_store({"activate", "--no-shadow", "--shadow", loud}).status, 2);
    // Sources can be listened to as well, before anything is built.
    const Json sources = Json::parse(scan({"--signatures", quiet, "--shadow", folder.path() / "Loud.ndb"}).output);
    EXPECT_EQ(sources["shadow"]["findings"][0]["name"], "Loud");
}

class SignedStores : public StoreCommands {
protected:
    std::string make_key(const std::string& name) const {
        EVP_PKEY* pair = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        const std::string secret = folder.path() / (name + ".pem"), open = folder.path() / (name + ".pub.pem");
        std::FILE* file = std::fopen(secret.c_str(), "w");
        PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        file = std::fopen(open.c_str(), "w");
        PEM_write_PUBKEY(file, pair);
        std::fclose(file);
        EVP_PKEY_free(pair);
        return secret;
    }
    std::string public_of(const std::string& secret) const { return secret.substr(0, secret.size() - 3) + "pub.pem"; }
};

TEST_F(SignedStores, AStoreWithAKeyTakesNothingElse) {
    const std::string ours = make_key("ours"), theirs = make_key("theirs");
    ASSERT_EQ(in_store({"activate", set("One", {"--sign", ours})}).status, 0);
    fs::copy_file(public_of(ours), folder.path() / "store" / "key.pem");
    const CommandResult without = in_store({"activate", set("Two")});
    EXPECT_EQ(without.status, 2);
    EXPECT_TRUE(has(without.errors, "is not signed, and a key is configured")) << without.errors;
    const CommandResult wrong = in_store({"activate", "--shadow", set("Three", {"--sign", theirs})});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_TRUE(has(wrong.errors, "not signed by the key")) << wrong.errors;
    EXPECT_EQ(as(), "current");
    EXPECT_EQ(list()[0]["signed"], true);
    EXPECT_EQ(found({"--store", store}), "One");
    // A key from elsewhere is asked as well.
    EXPECT_EQ(in_store({"activate", set("Four", {"--sign", ours}), "--key", public_of(theirs)}).status, 2);
    EXPECT_EQ(scan({"--store", store, "--signature-key", public_of(theirs)}).status, 2);
    EXPECT_EQ(scan({"--store", store, "--signature-key", public_of(ours)}).status, 1);
}

TEST_F(SignedStores, AShadowBesideSignedSetsIsSignedToo) {
    const std::string ours = make_key("ours");
    const Words key{"--signature-key", public_of(ours)};
    const std::string active = set("One", {"--sign", ours});
    const CommandResult refused = scan({"--signatures", active, "--shadow", set("Two"), key[0], key[1]});
    EXPECT_EQ(refused.status, 2);
    EXPECT_TRUE(has(refused.errors, "is not signed, and a key is configured")) << refused.errors;
    const CommandResult taken = scan({"--signatures", active, "--shadow", set("Two", {"--sign", ours}), key[0], key[1]});
    EXPECT_EQ(taken.status, 1) << taken.errors;
    EXPECT_EQ(Json::parse(taken.output)["shadow"]["findings"][0]["name"], "Two");
}

// A scan whose second message comes through a pipe, in the test's own time.
class RunningScan : public StoreCommands {
protected:
    void start() {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
        const std::string first = folder.write("first.eml", mail);
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(pipe[0], STDIN_FILENO);
            ::dup2(::open((folder.path() / "output").c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
            ::dup2(::open((folder.path() / "errors").c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
            ::execl(program.c_str(), "postern", "scan", "--format", "json", "--jobs", "1", "--store", store.c_str(),
                    first.c_str(), "-", nullptr);
            ::_exit(127);
        }
        ::close(pipe[0]);
        input_ = pipe[1];
    }
    // More than the pipe holds: when this returns, the scan reads it, and has done with what was before it.
    void begin_second_message() const {
        const std::string begin = mail + std::string(std::size_t{1} << 20, 'x') + "\r\n";
        for (std::size_t at = 0; at < begin.size();) {
            const ssize_t n = ::write(input_, begin.data() + at, begin.size() - at);
            ASSERT_GT(n, 0);
            at += static_cast<std::size_t>(n);
        }
    }
    std::vector<Json> end() const {
        ::close(input_);
        int status = 0;
        ::waitpid(child_, &status, 0);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << read_file(folder.path() / "errors");
        return lines(read_file(folder.path() / "output"));
    }
    bool told(const std::string& part) const {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (!has(read_file(folder.path() / "errors"), part)) {
            if (std::chrono::steady_clock::now() > end) return false;
            ::usleep(1000);
        }
        return true;
    }

    pid_t child_ = -1;
    int input_ = -1;
};

TEST_F(RunningScan, TakesUpWhatIsActivatedMeanwhile) {
    const std::string one = set("One"), two = set("Two");
    ASSERT_EQ(in_store({"activate", one}).status, 0);
    start();
    begin_second_message();
    ASSERT_EQ(in_store({"activate", two}).status, 0);
    ASSERT_TRUE(told("generation " + generation(two) + " is in force now"));
    const std::vector<Json> verdicts = end();
    ASSERT_EQ(verdicts.size(), 2u);
    EXPECT_EQ(verdicts[0]["generation"], generation(one));
    EXPECT_EQ(verdicts[0]["findings"][0]["name"], "One");
    EXPECT_EQ(verdicts[1]["generation"], generation(two));
    EXPECT_EQ(verdicts[1]["findings"][0]["name"], "Two");
}

TEST_F(RunningScan, KeepsItsSetWhereTheNextOneCannotBeUsed) {
    ASSERT_EQ(in_store({"activate", set("One")}).status, 0);
    start();
    begin_second_message();
    const std::string nobody(64, '0');
    folder.write("store/sets/" + nobody + ".set", "not whole");
    folder.write("store/next", "postern-store 1\ncurrent " + nobody + " t w\n");
    fs::rename(folder.path() / "store/next", folder.path() / "store/state");
    ASSERT_TRUE(told("is no signature set; make one with `postern signatures build`; the set in force stays"));
    for (const Json& verdict : end()) EXPECT_EQ(verdict["findings"][0]["name"], "One");
}

}  // namespace
}  // namespace postern::tests
