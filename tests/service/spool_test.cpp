// SPDX-License-Identifier: Apache-2.0
// Streams as they come in: in memory as long as there is room, in a file without a name beyond it.
#include "engine/service/spool.h"

#include "tests/support/command.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace postern::engine::service {
namespace {

std::span<const std::byte> octets_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string all_of(Spool& spool) {
    std::string text(spool.size(), '\0');
    EXPECT_EQ(::pread(spool.descriptor(), text.data(), text.size(), 0),
              static_cast<ssize_t>(text.size()));
    return text;
}

// Whether it is one of memfd_create().
bool in_memory(Spool& spool) {
    std::array<char, 256> target{};
    const std::string link = "/proc/self/fd/" + std::to_string(spool.descriptor());
    EXPECT_GT(::readlink(link.c_str(), target.data(), target.size() - 1), 0);
    return std::string_view(target.data()).starts_with("/memfd:");
}

class Spools : public testing::Test {
protected:
    Spools() {
        room->most_in_memory = 100;
        room->folder = folder.path();
    }
    tests::TemporaryFolder folder;
    std::shared_ptr<SpoolRoom> room = std::make_shared<SpoolRoom>();
};

TEST_F(Spools, WhatMemoryHasNoRoomForGoesToAFileWithoutAName) {
    Spool first(room), second(room);
    EXPECT_FALSE(first.append(octets_of(std::string(60, 'a'))));
    EXPECT_TRUE(in_memory(first));
    EXPECT_FALSE(second.append(octets_of(std::string(60, 'b'))));
    EXPECT_FALSE(in_memory(second));
    EXPECT_EQ(room->in_memory, 60u);
    EXPECT_EQ(room->held, 120u);
    EXPECT_FALSE(first.append(octets_of(std::string(60, 'c'))));
    EXPECT_FALSE(in_memory(first));
    EXPECT_EQ(room->in_memory, 0u);
    EXPECT_EQ(room->held, 180u);
    EXPECT_EQ(all_of(first), std::string(60, 'a') + std::string(60, 'c'));
    EXPECT_EQ(all_of(second), std::string(60, 'b'));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(Spools, RoomIsGivenBack) {
    {
        Spool small(room), large(room);
        EXPECT_FALSE(small.append(octets_of("some")));
        EXPECT_FALSE(large.append(octets_of(std::string(200, 'x'))));
        EXPECT_EQ(room->held, 204u);
        Spool moved(std::move(small));
        Spool assigned(room);
        assigned = std::move(large);
        EXPECT_EQ(room->held, 204u);
        EXPECT_EQ(all_of(moved), "some");
    }
    EXPECT_EQ(room->held, 0u);
    EXPECT_EQ(room->in_memory, 0u);
}

TEST_F(Spools, AnEmptyStreamIsAnEmptyFile) {
    Spool spool(room);
    struct stat facts {};
    ASSERT_EQ(::fstat(spool.descriptor(), &facts), 0);
    EXPECT_EQ(facts.st_size, 0);
    EXPECT_EQ(spool.size(), 0u);
}

TEST_F(Spools, AFolderThatIsNotThereIsAnError) {
    room->folder = folder.path() / "absent";
    Spool spool(room);
    EXPECT_EQ(spool.append(octets_of(std::string(200, 'x'))), std::errc::no_such_file_or_directory);
    EXPECT_EQ(room->held, 0u);
    Spool grows(room);
    EXPECT_FALSE(grows.append(octets_of(std::string(90, 'x'))));
    EXPECT_EQ(grows.append(octets_of(std::string(90, 'x'))), std::errc::no_such_file_or_directory);
    EXPECT_EQ(room->held, 90u);
}

}  // namespace
}  // namespace postern::engine::service
