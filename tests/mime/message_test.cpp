// SPDX-License-Identifier: Apache-2.0
// Message and Buffer: who owns what, and for how long.
#include "mime/message.h"

#include "tests/mime/support.h"

#include <gtest/gtest.h>

#include <fstream>

#include <unistd.h>

namespace postern::mime {
namespace {

class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content)
        : path_(std::filesystem::temp_directory_path() / ("postern_message_test_" + std::to_string(getpid()))) {
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

TEST(Message, MapsAFile) {
    for (const std::size_t size : {1U, 5000U, 200'000U}) {
        const std::string content = test::Random(size).octets(size);
        const TemporaryFile file(content);
        std::error_code error = std::make_error_code(std::errc::io_error);
        const Message message = Message::map(file.path(), error);
        EXPECT_FALSE(error);
        EXPECT_EQ(message.text(), content);
    }
}

TEST(Message, SaysWhyAFileCannotBeMapped) {
    std::error_code error;
    EXPECT_EQ(Message::map("/nonexistent/message.eml", error).size(), 0U);
    EXPECT_EQ(error, std::errc::no_such_file_or_directory);
    EXPECT_EQ(Message::map(std::filesystem::temp_directory_path(), error).size(), 0U);
    EXPECT_EQ(error, std::errc::is_a_directory);
    const TemporaryFile empty("");
    EXPECT_EQ(Message::map(empty.path(), error).size(), 0U);
    EXPECT_FALSE(error);
}

TEST(Message, SlicesKeepTheOctetsAlive) {
    Message slice;
    const std::byte* place = nullptr;
    {
        const Message whole = Message::own("hello world");
        place = whole.bytes().data();
        slice = whole.slice({6, 11});
    }
    EXPECT_EQ(slice.text(), "world");
    EXPECT_EQ(slice.bytes().data(), place + 6);
    EXPECT_EQ(slice.slice({1, 3}).text(), "or");
}

TEST(Message, BorrowsWithoutCopying) {
    const std::string text = "borrowed";
    EXPECT_EQ(Message::borrow(test::bytes(text)).text().data(), text.data());
}

TEST(Buffer, GrowsAppendsAndShrinks) {
    Buffer buffer;
    EXPECT_EQ(buffer.size(), 0U);
    std::string expected;
    test::Random random(4);
    for (int i = 0; i < 200; ++i) {
        const std::string more = random.octets(random.below(300));
        buffer.append(test::bytes(more));
        expected += more;
    }
    EXPECT_EQ(test::text(buffer), expected);
    buffer.reserve(1'000'000);
    buffer.shrink();
    EXPECT_EQ(buffer.capacity(), buffer.size());
    EXPECT_EQ(test::text(buffer), expected);
    Buffer moved = std::move(buffer);
    EXPECT_EQ(test::text(moved), expected);
    moved.clear();
    moved.shrink();
    EXPECT_EQ(moved.capacity(), 0U);
    EXPECT_THROW(moved.grow(SIZE_MAX - 10), std::bad_alloc);
}

}  // namespace
}  // namespace postern::mime
