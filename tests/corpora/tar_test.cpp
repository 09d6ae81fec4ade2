// SPDX-License-Identifier: Apache-2.0
// Tars of messages, plain and compressed, whole and broken.
#include "corpora/loader.h"
#include "corpora/tar_reader.h"
#include "tests/corpora/scratch_folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <random>

namespace postern::corpora {
namespace {

const std::string mail = "From: a@example.org\r\nTo: b@example.org\r\n\r\nHello\r\n";
const std::string from_line = "From a@example.org Mon Jan  5 10:00:00 2026\n";

struct Entry {
    std::string name;
    std::string text;
    unsigned type = AE_IFREG;
};

std::string make_tar(const std::vector<Entry>& entries, int filter = ARCHIVE_FILTER_NONE) {
    std::string bytes(1 << 20, '\0');
    std::size_t used = 0;
    archive* a = archive_write_new();
    archive_write_add_filter(a, filter);
    archive_write_set_format_pax_restricted(a);
    EXPECT_EQ(archive_write_open_memory(a, bytes.data(), bytes.size(), &used), ARCHIVE_OK);
    for (const Entry& entry : entries) {
        archive_entry* header = archive_entry_new();
        archive_entry_set_pathname(header, entry.name.c_str());
        archive_entry_set_filetype(header, entry.type);
        archive_entry_set_perm(header, 0644);
        archive_entry_set_size(header, static_cast<la_int64_t>(entry.text.size()));
        if (entry.type == AE_IFLNK) archive_entry_set_symlink(header, "elsewhere");
        archive_write_header(a, header);
        archive_write_data(a, entry.text.data(), entry.text.size());
        archive_entry_free(header);
    }
    archive_write_close(a);
    archive_write_free(a);
    bytes.resize(used);
    return bytes;
}

std::vector<Item> load(const std::string& path, As as = As::detect) {
    Loader loader({path}, as);
    std::vector<Item> items;
    while (std::optional<Item> item = loader.next()) items.push_back(std::move(*item));
    return items;
}

class EveryFilter : public testing::TestWithParam<int> {};

TEST_P(EveryFilter, MembersComeInTheirOrder) {
    ScratchFolder folder;
    const std::string tar = make_tar({{"in", "", AE_IFDIR},
                                      {"in/2.eml", mail},
                                      {"link", "", AE_IFLNK},
                                      {"./in/1", mail + "more"},
                                      {"in/doc.pdf", "%PDF-"}},
                                     GetParam());
    const std::string path = folder.write("mail.bin", tar);  // the name says nothing
    const auto items = load(path);
    ASSERT_EQ(items.size(), 3u);
    EXPECT_EQ(items[0].path, path + "/in/2.eml");
    EXPECT_EQ(items[0].message.text(), mail);
    EXPECT_EQ(items[1].path, path + "/in/1");
    EXPECT_EQ(items[1].message.text(), mail + "more");
    EXPECT_TRUE(items[1].is_message);
    EXPECT_FALSE(items[2].is_message);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(items[i].index, i);
    EXPECT_EQ(load(path, As::file).size(), 1u);
    EXPECT_EQ(load(path, As::message).size(), 1u);
    EXPECT_EQ(load(folder.write("m.tgz", tar), As::message).size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Tar, EveryFilter,
                         testing::Values(ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP,
                                         ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
                                         ARCHIVE_FILTER_BZIP2));

TEST(Tar, AnMboxInItIsSplit) {
    ScratchFolder folder;
    const std::string two = from_line + mail + "\n" + from_line + mail;
    const auto items =
        load(folder.write("m.tar", make_tar({{"1.eml", mail}, {"in.mbox", two}, {"z", mail}})));
    ASSERT_EQ(items.size(), 4u);
    EXPECT_EQ(items[1].index, 0u);
    EXPECT_EQ(items[2].index, 1u);
    EXPECT_EQ(items[2].path, folder / "m.tar/in.mbox");
    EXPECT_EQ(items[2].message.text(), mail);
    EXPECT_EQ(items[3].index, 2u) << "of the tar again";
}

TEST(Tar, WithoutAFileInItIsABareFile) {
    ScratchFolder folder;
    for (const std::string& bytes :
         {make_tar({}), make_tar({{"d", "", AE_IFDIR}}), std::string(10240, '\0')}) {
        const auto items = load(folder.write("m.tar", bytes));
        ASSERT_EQ(items.size(), 1u);
        EXPECT_FALSE(items[0].is_message);
        EXPECT_EQ(items[0].message.size(), bytes.size());
    }
}

TEST(Tar, CompressedFilesThatAreNoneStayClosed) {
    ScratchFolder folder;
    std::string gzip = make_tar({{"x", "y"}}, ARCHIVE_FILTER_GZIP);
    gzip.resize(20);  // nothing can come out of it any more
    const auto items = load(folder.write("m.gz", gzip));
    ASSERT_EQ(items.size(), 1u);
    EXPECT_FALSE(items[0].is_message);
    EXPECT_EQ(items[0].error, "");
}

TEST(Tar, CutShortItSaysSo) {
    ScratchFolder folder;
    std::string long_mail = mail;
    std::mt19937 random(1);
    for (int i = 0; i < 400000; ++i) long_mail += static_cast<char>('a' + random() % 26);
    for (const int filter : {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP}) {
        std::string tar = make_tar({{"1.eml", mail}, {"2.eml", long_mail}}, filter);
        tar.resize(tar.size() / 2);
        const auto items = load(folder.write("m.tar", tar));
        ASSERT_GE(items.size(), 2u);
        EXPECT_EQ(items[0].message.text(), mail);
        EXPECT_EQ(items[0].error, "");
        EXPECT_NE(items[1].error, "");
        EXPECT_EQ(items[1].message.size(), 0u);
    }
}

TEST(Tar, NamesOutsideAsciiComeOut) {
    ScratchFolder folder;
    const std::string name = "Grüße/日本.eml";
    const auto items = load(folder.write("m.tar", make_tar({{name, mail}})));
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].path, folder / "m.tar/" + name);
}

TEST(Tar, DamageEndsInItemsNeverInACrash) {
    const std::string whole = make_tar({{"1.eml", mail}, {"2.eml", mail}, {"3.eml", mail}});
    std::mt19937 random(3);
    for (int round = 0; round < 2000; ++round) {
        std::string tar = whole;
        for (int i = 0; i < 8; ++i) tar[random() % 4096] = static_cast<char>(random());
        const auto reader = TarReader::open(mime::Message::own(tar));
        int members = 0;
        while (reader && reader->next()) ASSERT_LT(++members, 50);
    }
}

}  // namespace
}  // namespace postern::corpora
