// SPDX-License-Identifier: Apache-2.0
// Every way in which a file is replaced is told, with inotify and without it.
#include "signatures/store/file_watch.h"
#include "signatures/set_file/set_file.h"
#include "tests/support/command.h"

#include <gtest/gtest.h>

#include <thread>

#include <dirent.h>
#include <sys/resource.h>

namespace postern::signatures::tests {
namespace {

namespace fs = std::filesystem;
using Event = FileWatch::Event;
using std::chrono::milliseconds;

constexpr milliseconds patience{60'000};
constexpr milliseconds moment{1};

class FileWatching : public testing::Test {
protected:
    FileWatching() { fs::create_directory(place_); }
    void replace(const std::string& name, const std::string& text) const {
        folder_.write("store/" + name + ".new", text);
        fs::rename(place_ / (name + ".new"), place_ / name);
    }

    postern::tests::TemporaryFolder folder_;
    const fs::path place_ = folder_.path() / "store";
};

TEST_F(FileWatching, AReplacedFileIsTold) {
    replace("state", "one");
    FileWatch watch(place_, "state");
    EXPECT_TRUE(watch.is_told());
    EXPECT_EQ(watch.wait(moment), Event::nothing) << "what was there before is no news";
    replace("state", "two");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    EXPECT_EQ(watch.wait(moment), Event::nothing) << "told once";
    replace("state", "three");
    replace("state", "four");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    EXPECT_EQ(watch.wait(moment), Event::nothing) << "many changes in a row are one";
}

TEST_F(FileWatching, OtherFilesAreNot) {
    FileWatch watch(place_, "state");
    replace("stat", "x");
    replace("state.old", "x");
    EXPECT_EQ(watch.wait(milliseconds(50)), Event::nothing);
    folder_.write("store/state", "written in place");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
}

TEST_F(FileWatching, AFolderThatComesLaterIsWatchedThen) {
    fs::remove_all(place_);
    FileWatch watch(place_, "state");
    EXPECT_FALSE(watch.is_told());
    EXPECT_EQ(watch.wait(moment), Event::nothing);
    std::jthread late([&] {
        std::this_thread::sleep_for(milliseconds(100));
        fs::create_directory(place_);
        replace("state", "one");
    });
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    late.join();
    EXPECT_EQ(watch.wait(milliseconds(600)), Event::nothing);
    EXPECT_TRUE(watch.is_told());
    replace("state", "two");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
}

// A store restored from a copy, or a link turned to another one.
TEST_F(FileWatching, AnotherFolderInItsPlaceIsWatchedInstead) {
    replace("state", "one");
    FileWatch watch(place_, "state");
    fs::rename(place_, folder_.path() / "away");
    fs::create_directory(place_);
    replace("state", "of another store");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    fs::remove_all(place_);
    fs::create_directory(place_);
    replace("state", "of a third");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    EXPECT_EQ(watch.wait(milliseconds(600)), Event::nothing);
    replace("state", "next");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    EXPECT_TRUE(watch.is_told());
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool looks_at_descriptors = false;  // UBSan wants one for itself when it looks at what is thrown
#else
constexpr bool looks_at_descriptors = true;
#endif

std::size_t first_free_descriptor() {
    const int descriptor = ::dup(0);
    ::close(descriptor);
    return static_cast<std::size_t>(descriptor);
}

TEST_F(FileWatching, WithoutInotifyTheFileIsLookedAt) {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit one_more{first_free_descriptor() + 1, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &one_more);
    FileWatch watch(place_, "state");
    if (looks_at_descriptors) {
        EXPECT_THROW(FileWatch(place_, "state"), SetFileError) << "nothing is left to wait with";
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_FALSE(watch.is_told());
    replace("state", "one");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    replace("state", "two");
    EXPECT_EQ(watch.wait(patience), Event::replaced);
    EXPECT_EQ(watch.wait(moment), Event::nothing);
}

TEST_F(FileWatching, StoppingEndsEveryWait) {
    FileWatch watch(place_, "state");
    std::jthread other([&] {
        std::this_thread::sleep_for(milliseconds(20));
        watch.stop();
    });
    EXPECT_EQ(watch.wait(patience), Event::stopped);
    EXPECT_EQ(watch.wait(patience), Event::stopped);
}

}  // namespace
}  // namespace postern::signatures::tests
