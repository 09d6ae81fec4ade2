// SPDX-License-Identifier: Apache-2.0
// The store: what is in force, what was, who may put something in force, and what is kept.
#include "store_fixture.h"

#include "signatures/matcher.h"

#include <fstream>
#include <thread>

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace postern::signatures::tests {
namespace {

TEST_F(StoreTest, AnEmptyStoreHasNothingInForce) {
    EXPECT_EQ(store().state(), StoreState{});
    EXPECT_TRUE(store().list().empty());
    EXPECT_EQ(store().prune(2), 0u);
    EXPECT_FALSE(store().end_shadow());
    EXPECT_TRUE(has(refusal([&] { store().roll_back(); }), "signatures activate SET"));
    EXPECT_FALSE(fs::exists(place_)) << "looking makes nothing";
}

TEST_F(StoreTest, WhatIsActivatedIsInForceAndReadFromTheStore) {
    const Activation one = store().activate(set("A"));
    EXPECT_EQ(one.generation, generation("A"));
    EXPECT_EQ(one.who, "tester");
    EXPECT_EQ(one.when.size(), std::string("2026-11-23T09:40:00Z").size());
    EXPECT_EQ(*store().state().current(), one);
    fs::remove(set("A"));
    EXPECT_EQ(store().load(one.generation)->generation(), one.generation);
    EXPECT_EQ(files(), (Names{"sets/" + one.generation + ".set", "state"}));
}

TEST_F(StoreTest, RollingBackGoesStepByStep) {
    for (const char* name : {"A", "B", "A", "C"}) store().activate(set(name));
    const Names all{"A", "B", "C"};
    EXPECT_EQ(in_force(all), (Names{"C", "A", "B", "A"}));
    EXPECT_EQ(store().roll_back().generation, generation("A"));
    EXPECT_EQ(store().roll_back().generation, generation("B"));
    EXPECT_EQ(store().roll_back().generation, generation("A"));
    EXPECT_TRUE(has(refusal([&] { store().roll_back(); }), "nothing to go back to"));
    EXPECT_EQ(in_force(all), Names{"A"});
    // What was rolled back from is kept, and can be put in force again from where it lies.
    store().activate(store().set_file(generation("C")));
    EXPECT_EQ(in_force(all), (Names{"C", "A"}));
}

TEST_F(StoreTest, WhatIsInForceAlreadyIsNoNewStep) {
    store().activate(set("A"));
    store().activate(set("B"));
    store().activate(set("B"));
    EXPECT_EQ(in_force({"A", "B"}), (Names{"B", "A"}));
}

TEST_F(StoreTest, WhatIsNoWholeSetIsRefusedAndChangesNothing) {
    store().activate(set("A"));
    const Names before = files();
    const StoreState state = store().state();
    const fs::path sources = folder_.write("a.ndb", "Good:0:*:48656c6c6f20776f726c64\n");
    EXPECT_TRUE(has(refusal([&] { store().activate(sources); }), "make one with `postern signatures build`"));
    EXPECT_TRUE(has(refusal([&] { store().activate(folder_.path()); }), "make one with `postern signatures build`"));
    EXPECT_TRUE(has(refusal([&] { store().activate(folder_.path() / "none"); }), "cannot be read"));
    std::string octets = postern::tests::read_file(set("B"));
    octets[octets.size() / 2] ^= 1;
    const fs::path damaged = folder_.write("damaged.set", octets);
    EXPECT_TRUE(has(refusal([&] { store().activate(damaged); }), "damaged.set: is damaged"));
    EXPECT_TRUE(has(refusal([&] { store().activate_shadow(damaged); }), "is damaged"));
    EXPECT_EQ(files(), before);
    EXPECT_EQ(store().state(), state);
}

TEST_F(StoreTest, WithAKeyOnlyWhatItSignedComesIn) {
    const fs::path key = make_key("ours");
    make_key("theirs");
    EXPECT_TRUE(has(refusal([&] { store(key).activate(set("A")); }), "is not signed, and a key is configured"));
    EXPECT_TRUE(has(refusal([&] { store(key).activate(set("A", "theirs")); }), "not signed by the key"));
    store(key).activate(set("A", "ours"));
    // key.pem in the store asks everyone.
    fs::copy_file(key, place_ / "key.pem");
    EXPECT_TRUE(has(refusal([&] { store().activate(set("B")); }), "is not signed, and a key is configured"));
    EXPECT_TRUE(has(refusal([&] { store().activate_shadow(set("B", "theirs")); }), "not signed by the key"));
    store().activate(set("B", "ours"));
    // Both are asked where there are both.
    const fs::path theirs = folder_.path() / "theirs.pub";
    EXPECT_TRUE(has(refusal([&] { store(theirs).activate(set("C", "ours")); }), "not signed by the key"));
    EXPECT_TRUE(has(refusal([&] { store(theirs).activate(set("C", "theirs")); }), "not signed by the key"));
    EXPECT_TRUE(has(refusal([&] { store(theirs).load(generation("B")); }), "not signed by the key"));
    EXPECT_EQ(store().load(generation("B"))->generation(), generation("B"));
    EXPECT_EQ(in_force({"A", "B"}), (Names{"B", "A"}));
}

// Old and new key side by side, then the new one alone: at no moment is nothing good.
TEST_F(StoreTest, AKeyIsReplacedWithoutAGap) {
    const std::string old_key = postern::tests::read_file(make_key("old"));
    const std::string new_key = postern::tests::read_file(make_key("new"));
    store().activate(set("A", "old"));
    folder_.write("store/key.pem", old_key);
    EXPECT_TRUE(has(refusal([&] { store().activate(set("B", "new")); }), "not signed by the key"));
    folder_.write("store/key.pem", old_key + "the next one:\n" + new_key);
    store().load(generation("A"));
    store().activate(set("B", "new"));
    folder_.write("store/key.pem", new_key);
    store().load(generation("B"));
    const std::string why = refusal([&] { store().roll_back(); });
    EXPECT_TRUE(has(why, generation("A") + ".set: is not signed by the key")) << why;
    EXPECT_EQ(in_force({"A", "B"}), (Names{"B", "A"})) << "a refused step back is no step";
    // The same generation signed anew takes the place of the one signed before.
    store().activate(set("A", "new"));
    store().activate(set("B", "new"));
    EXPECT_EQ(store().roll_back().generation, generation("A"));
    // Half a key is not taken for the end of the file.
    folder_.write("store/key.pem", new_key + old_key.substr(0, old_key.size() / 2));
    EXPECT_TRUE(has(refusal([&] { store().load(generation("A")); }), "key.pem: one of its keys is damaged"));
}

TEST_F(StoreTest, AShadowIsBesideTheCurrentSet) {
    store().activate_shadow(set("S"));
    EXPECT_EQ(store().state().current(), nullptr);
    store().activate(set("A"));
    store().activate(set("B"));
    ASSERT_TRUE(store().state().shadow);
    EXPECT_EQ(store().state().shadow->generation, generation("S"));
    EXPECT_EQ(store().roll_back().generation, generation("A"));
    EXPECT_EQ(store().state().shadow->generation, generation("S")) << "it stays until it is ended";
    EXPECT_TRUE(store().end_shadow());
    EXPECT_FALSE(store().end_shadow());
    EXPECT_FALSE(store().state().shadow);
    EXPECT_EQ(in_force({"A"}), Names{"A"});
}

TEST_F(StoreTest, ListTellsEachSetOnceByWhatItIs) {
    for (const char* name : {"A", "B", "C"}) store().activate(set(name));
    store().roll_back();
    store().activate_shadow(set("S"));
    const std::string b = postern::tests::read_file(store().set_file(generation("A")));
    folder_.write("store/sets/" + generation("A") + ".set", b.substr(0, 1000));
    const std::vector<StoredSet> all = store().list();
    ASSERT_EQ(all.size(), 4u);
    const auto is = [&](std::size_t i, StoredAs as, const char* name) {
        EXPECT_EQ(all[i].as, as) << i;
        EXPECT_EQ(all[i].generation, generation(name)) << i;
    };
    is(0, StoredAs::current, "B");
    is(1, StoredAs::before, "A");
    is(2, StoredAs::shadow, "S");
    is(3, StoredAs::kept, "C");
    EXPECT_EQ(all[0].info.statistics.digest_signatures, 1u);
    EXPECT_EQ(all[0].error, "");
    EXPECT_TRUE(has(all[1].error, "is damaged"));
    EXPECT_EQ(all[3].when, "");
}

TEST_F(StoreTest, PruningKeepsWhatTheStateNamesAndWhoScansGoesOn) {
    for (const char* name : {"A", "B", "C", "D", "E"}) store().activate(set(name));
    store().activate_shadow(set("A"));
    const auto in_use = store().load(generation("B"));
    folder_.write("store/sets/notes.txt", "of somebody's");
    folder_.write("store/sets/" + generation("E") + ".set.new-1", "half");
    folder_.write("store/state.new-1", "half");
    EXPECT_EQ(store().prune(2), 2u) << "B and C; A is the shadow";
    EXPECT_EQ(in_force({"D", "E"}), (Names{"E", "D"}));
    Names expected{"sets/" + generation("A") + ".set", "sets/" + generation("D") + ".set",
                   "sets/" + generation("E") + ".set", "sets/notes.txt", "state"};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(files(), expected);
    Matcher matcher(in_use);
    EXPECT_TRUE(matcher.match_digests(octets("no such content")).empty());
    EXPECT_EQ(store().prune(2), 0u);
    EXPECT_EQ(store().roll_back().generation, generation("D"));
}

TEST_F(StoreTest, ActivationsAtOnceComeOneAfterTheOther) {
    Names names;
    for (char name = 'A'; name <= 'H'; ++name) names.emplace_back(1, name);
    for (const std::string& name : names) set(name);
    {
        std::vector<std::jthread> threads;
        for (const std::string& name : names) threads.emplace_back([&, name] { store().activate(set(name)); });
    }
    Names found = in_force(names);
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, names) << "none was lost";
    for (const Activation& one : store().state().active) EXPECT_NO_THROW(store().load(one.generation));
}

// Looked at all the while, the state is always whole, and what it names is always there.
TEST_F(StoreTest, ReadersSeeOneStateOrTheNext) {
    store().activate(set("A"));
    set("B");
    std::atomic<bool> done{false};
    std::jthread reader([&] {
        while (!done) {
            const StoreState state = store().state();
            ASSERT_NE(state.current(), nullptr);
            EXPECT_NO_THROW(store().load(state.current()->generation));
            for (const StoredSet& one : store().list()) EXPECT_EQ(one.error, "");
        }
    });
    for (int i = 0; i < 20; ++i) {
        store().activate(set(i % 2 == 0 ? "B" : "A"));
        if (i % 5 == 0) store().prune(2);
    }
    done = true;
}

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0;
}

// An administrator's umask must not decide whether the scanner can read.
TEST_F(StoreTest, AllMayReadWhoMayEnter) {
    set("A");
    const mode_t before = ::umask(077);
    store().activate(set("A"));
    ::umask(before);
    EXPECT_EQ(mode_of(place_), 0755u);
    EXPECT_EQ(mode_of(place_ / "sets"), 0755u);
    EXPECT_EQ(mode_of(place_ / "state"), 0644u);
    EXPECT_EQ(mode_of(store().set_file(generation("A"))), 0644u);
    EXPECT_EQ(mode_of(place_ / "lock") & 0077u, 0u) << "who can open it can hold it";
}

TEST_F(StoreTest, AReaderNeedsNoLeaveToWrite) {
    if (::getuid() != 0) GTEST_SKIP() << "only root can become somebody else";
    store().activate(set("A"));
    store().activate(set("B"));
    fs::permissions(folder_.path(), fs::perms(0755));
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(10);
        const bool reads = store().list().size() == 2 && store().load(generation("B")) != nullptr &&
                           store().state().active.size() == 2;
        const std::string why = refusal([&] { store().roll_back(); });
        ::_exit(!reads ? 1 : !has(why, "lock: cannot be opened: Permission denied") ? 2 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
}

TEST_F(StoreTest, AStateThatIsNoneIsSaidToBeNone) {
    store().activate(set("A"));
    folder_.write("store/state", "something else\n");
    EXPECT_TRUE(has(refusal([&] { store().state(); }), "state: is no state of a store"));
    EXPECT_TRUE(has(refusal([&] { store().activate(set("B")); }), "state: is no state of a store"));
    fs::remove(place_ / "state");
    store().activate(set("B"));
    EXPECT_EQ(in_force({"B"}), Names{"B"});
}

TEST_F(StoreTest, WhoIsOneVisibleWord) {
    Store(place_, {{}, "o' \x1b[31mred\n"}).activate(set("A"));
    EXPECT_EQ(store().state().current()->who, "o'__[31mred_");
    Store(place_, {{}, ""}).activate(set("B"));
    EXPECT_EQ(store().state().current()->who, "unknown");
}

}  // namespace
}  // namespace postern::signatures::tests
