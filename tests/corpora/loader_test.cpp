// SPDX-License-Identifier: Apache-2.0
// The loader over every kind of path, and the promise that nothing is skipped.
#include "corpora/loader.h"

#include "tests/corpora/scratch_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace postern::corpora {
namespace {

const std::string mail = "From: a@example.org\r\nTo: b@example.org\r\n\r\nHello\r\n";
const std::string from_line = "From a@example.org Mon Jan  5 10:00:00 2026\n";

std::vector<Item> load(std::vector<std::string> paths, As as = As::detect) {
    Loader loader(std::move(paths), as);
    std::vector<Item> items;
    while (std::optional<Item> item = loader.next()) items.push_back(std::move(*item));
    EXPECT_EQ(loader.bytes_done(), loader.bytes_total());
    return items;
}

std::vector<std::string> paths_of(const std::vector<Item>& items) {
    std::vector<std::string> paths;
    for (const Item& item : items) paths.push_back(item.path);
    return paths;
}

TEST(Loader, GivesOneMessageForAFile) {
    ScratchFolder folder;
    const std::string path = folder.write("1.eml", mail);
    const auto items = load({path});
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].path, path);
    EXPECT_EQ(items[0].message.text(), mail);
    EXPECT_TRUE(items[0].is_message);
    EXPECT_FALSE(items[0].index);
    EXPECT_EQ(items[0].error, "");
}

TEST(Loader, WalksFoldersInTheOrderOfOctets) {
    ScratchFolder folder;
    for (const char* name : {"b.eml", "a/2.eml", "a/10.eml", "Z.eml", ".hidden/x.eml", "a.eml"}) {
        folder.write(name, mail);
    }
    std::vector<std::string> expected;
    for (const char* name : {".hidden/x.eml", "Z.eml", "a/10.eml", "a/2.eml", "a.eml", "b.eml"}) {
        expected.push_back(folder / name);
    }
    EXPECT_EQ(paths_of(load({folder.path()})), expected);
}

TEST(Loader, TakesTheSamePathTwiceWhenGivenTwice) {
    ScratchFolder folder;
    const std::string path = folder.write("1.eml", mail);
    EXPECT_EQ(load({path, folder.path(), path}).size(), 3u);
}

TEST(Loader, ReadsLargeFilesAsSmallOnes) {
    ScratchFolder folder;
    for (const std::size_t size : {65535, 65536, 65537, 1000000}) {
        std::string text = mail;
        text.resize(size, 'x');
        const auto items = load({folder.write("big.eml", text)});
        ASSERT_EQ(items.size(), 1u);
        EXPECT_EQ(items[0].message.text(), text) << size;
    }
}

TEST(Loader, EmptyFiles) {
    ScratchFolder folder;
    const auto items = load({folder.write("a.eml", ""), folder.write("b", "")});
    ASSERT_EQ(items.size(), 2u);
    EXPECT_TRUE(items[0].is_message);
    EXPECT_FALSE(items[1].is_message);
    EXPECT_EQ(items[0].error + items[1].error, "");
}

TEST(Loader, BareFilesAreNoMessages) {
    ScratchFolder folder;
    const auto items = load({folder.write("setup.exe", "MZ\x90 etc."), folder.write("note", mail)});
    ASSERT_EQ(items.size(), 2u);
    EXPECT_FALSE(items[0].is_message);
    EXPECT_TRUE(items[1].is_message) << "it begins like one";
}

TEST(Loader, AsForces) {
    ScratchFolder folder;
    const std::string exe = folder.write("setup.exe", "MZ\x90 etc.");
    const std::string eml = folder.write("1.eml", mail);
    for (const Item& item : load({exe, eml}, As::message)) EXPECT_TRUE(item.is_message);
    for (const Item& item : load({exe, eml}, As::file)) EXPECT_FALSE(item.is_message);
}

TEST(Loader, AsFileOpensNothingAndAsMessageOnlyWhatIsNamedSo) {
    ScratchFolder folder;
    const std::string two = from_line + mail + "\n" + from_line + mail;
    const std::string named = folder.write("in.mbox", two);
    const std::string unnamed = folder.write("inbox", two);
    EXPECT_EQ(load({named}, As::file).size(), 1u);
    EXPECT_EQ(load({named}, As::message).size(), 2u);
    EXPECT_EQ(load({unnamed}, As::message).size(), 1u);
    EXPECT_EQ(load({unnamed}, As::detect).size(), 2u);
}

TEST(Loader, WhatCannotBeReadIsAnItemWithAnError) {
    ScratchFolder folder;
    const std::string dangling = folder / "dangling.eml";
    std::filesystem::create_symlink("nowhere", dangling);
    const std::string loop = folder / "loop.eml";
    std::filesystem::create_symlink("loop.eml", loop);
    const std::string fifo = folder / "pipe.eml";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const auto items = load({folder.path(), folder / "absent.eml"});
    EXPECT_EQ(paths_of(items), (std::vector{dangling, loop, fifo, folder / "absent.eml"}));
    for (const Item& item : items) EXPECT_NE(item.error, "") << item.path;
}

TEST(Loader, FollowsLinksButNotInCircles) {
    ScratchFolder folder;
    folder.write("real/1.eml", mail);
    ScratchFolder outside;
    outside.write("2.eml", mail);
    std::filesystem::create_symlink(outside.path(), folder / "linked");
    std::filesystem::create_symlink("..", folder / "real/up");
    std::filesystem::create_symlink("real/1.eml", folder / "same.eml");
    EXPECT_EQ(paths_of(load({folder.path()})),
              (std::vector{folder / "linked/2.eml", folder / "real/1.eml", folder / "same.eml"}));
}

TEST(Loader, EverythingInAMaildirIsAMessage) {
    ScratchFolder folder;
    folder.write("md/cur/1700000000.1.host:2,S", "no header at all");
    folder.write("md/new/1700000001.2.host", from_line + mail + "\n" + from_line + mail);
    folder.write("md/tmp/1700000002.3.host", "");
    folder.write("md/index", "not mail");
    folder.write("other/new/1", "not mail: other has no cur");
    const auto items = load({folder.path()});
    ASSERT_EQ(items.size(), 5u);
    EXPECT_TRUE(items[0].is_message);
    EXPECT_FALSE(items[1].is_message) << items[1].path;
    EXPECT_TRUE(items[2].is_message);
    EXPECT_FALSE(items[2].index) << "a maildir's file is one message";
    EXPECT_TRUE(items[3].is_message);
    EXPECT_FALSE(items[4].is_message);
}

TEST(Loader, AnEmlIsNeverTornApart) {
    ScratchFolder folder;
    const std::string text = from_line + mail + "\n" + from_line + mail;
    const auto items = load({folder.write("digest.eml", text)});
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].message.text(), text);
}

}  // namespace
}  // namespace postern::corpora
