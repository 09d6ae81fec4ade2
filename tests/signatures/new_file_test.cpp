// SPDX-License-Identifier: Apache-2.0
// A file takes its place whole or not at all, whoever else writes it and whatever ends the writing.
#include "signatures/set_file/new_file.h"
#include "signatures/set_file/set_file.h"
#include "tests/support/command.h"
#include "tests/support/traced.h"

#include <gtest/gtest.h>

#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace postern::signatures::tests {
namespace {

namespace fs = std::filesystem;

class NewFiles : public testing::Test {
protected:
    static void write(NewFile& file, std::string_view text, std::uint64_t at = 0) {
        file.write(std::as_bytes(std::span(text)), at);
    }
    void put(std::string_view text) const {
        NewFile file(path_);
        write(file, text);
        file.take_its_place();
    }
    std::string content() const { return postern::tests::read_file(path_); }
    std::size_t left_over() const {
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(folder_.path())) count += NewFile::is_left_over(entry.path());
        return count;
    }

    postern::tests::TemporaryFolder folder_;
    const fs::path path_ = folder_.path() / "file";
};

TEST_F(NewFiles, IsThereWhenItIsWhole) {
    put("old");
    {
        NewFile file(path_);
        write(file, "second", 5);
        write(file, "first", 0);
        EXPECT_EQ(content(), "old");
        EXPECT_TRUE(NewFile::is_left_over(file.temporary()));
        file.take_its_place();
    }
    EXPECT_EQ(content(), "firstsecond");
    EXPECT_FALSE(NewFile::is_left_over(path_));
    EXPECT_EQ(left_over(), 0u);
}

TEST_F(NewFiles, GivenUpLeavesNothing) {
    put("old");
    { NewFile file(path_); write(file, "new"); }
    EXPECT_EQ(content(), "old");
    EXPECT_EQ(left_over(), 0u);
}

// Each has a file of its own: the last one to take its place wins, whole.
TEST_F(NewFiles, TwoAtOnceDoNotMix) {
    NewFile one(path_), two(path_);
    EXPECT_NE(one.temporary(), two.temporary());
    write(one, "the longer one");
    write(two, "two");
    one.take_its_place();
    EXPECT_EQ(content(), "the longer one");
    two.take_its_place();
    EXPECT_EQ(content(), "two");
}

TEST_F(NewFiles, ACrashAtAnyStepLeavesTheOldOrTheNew) {
    const auto change = [this] { put("the new one"); };
    put("old");
    const auto whole = postern::tests::trace_file_steps(change);
    if (!whole.possible) GTEST_SKIP() << "nobody may trace here";
    ASSERT_TRUE(whole.whole);
    ASSERT_EQ(whole.steps.size(), 5u) << "create, write, fsync, rename, fsync";
    for (std::size_t step = 0; step < whole.steps.size(); ++step) {
        put("old");
        EXPECT_FALSE(postern::tests::trace_file_steps(change, step).whole);
        EXPECT_EQ(content(), step < 4 ? "old" : "the new one") << "killed before step " << step;
    }
    EXPECT_EQ(left_over(), 3u) << "killed before write, fsync and rename";
}

// As on a full disk: no octet more than the limit can be written.
TEST_F(NewFiles, WithoutRoomTheOldOneStays) {
    put("old");
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::string why;
    try {
        put(std::string(5000, 'x'));
    } catch (const SetFileError& error) {
        why = error.what();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(why, path_.native() + ": cannot be written: File too large");
    EXPECT_EQ(content(), "old");
    EXPECT_EQ(left_over(), 0u);
}

TEST_F(NewFiles, WhatCannotBeWrittenIsNamed) {
    for (const fs::path& path : {folder_.path() / "none" / "file", path_ / "below-a-file"}) {
        put("a file");
        try {
            NewFile file(path);
            ADD_FAILURE() << path;
        } catch (const SetFileError& error) {
            EXPECT_TRUE(std::string(error.what()).starts_with(path.native() + ": cannot be written: ")) << error.what();
        }
    }
}

TEST_F(NewFiles, ItsPermissionsAreTheUsersUnlessAllMayRead) {
    const auto mode = [this] {
        struct stat status {};
        return ::stat(path_.c_str(), &status) == 0 ? status.st_mode & 0777u : 0u;
    };
    const mode_t before = ::umask(027);
    put("x");
    EXPECT_EQ(mode(), 0640u);
    NewFile file(path_);
    file.let_all_read();
    file.take_its_place();
    EXPECT_EQ(mode(), 0644u);
    ::umask(before);
}

}  // namespace
}  // namespace postern::signatures::tests
