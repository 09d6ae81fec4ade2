// SPDX-License-Identifier: Apache-2.0
// A descriptor is opened without blocking, so that a pipe that took a file's place since the walk
// cannot hold the loader up.
#include "corpora/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace postern::corpora {
namespace {

// Up to here a file is read into memory that stays warm between files: mapping costs faults and, at its end,
// a flush of every core's address cache. A larger file is mapped, so that it is in memory once.
constexpr std::size_t largest_read = 8 << 20;
constexpr std::size_t first_read = 64 * 1024;
constexpr std::size_t largest_input = std::size_t{2} << 30;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

std::string reason_of(int error) {
    return std::generic_category().message(error);
}

// Reads until the end, or until more than `limit` octets are there; asks for `piece` octets at a time.
// errno's value on failure.
int read_all(int fd, std::size_t limit, std::size_t piece, mime::Buffer& bytes) {
    while (bytes.size() <= limit) {
        const ssize_t n = ::read(fd, bytes.grow(piece), piece);
        if (n == 0) break;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        bytes.commit(static_cast<std::size_t>(n));
        piece = std::max<std::size_t>(bytes.capacity() - bytes.size(), 1);
    }
    return 0;
}

mime::Message map(const std::string& path, std::string& error) {
    std::error_code code;
    mime::Message message = mime::Message::map(path, code);
    if (code) error = code.message();
    return message;
}

}  // namespace

mime::Message open_file(const std::string& path, std::string& error) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        error = reason_of(errno);
        return {};
    }
    if (!S_ISREG(status.st_mode)) {
        error = "not a regular file";
        return {};
    }
    if (static_cast<std::uint64_t>(status.st_size) > largest_read) return map(path, error);
    // One octet more than it has, so that the read that finds the end needs no new room.
    mime::Buffer bytes;
    const auto size = static_cast<std::size_t>(status.st_size) + 1;
    if (const int failed = read_all(file.get(), largest_read, size, bytes)) {
        error = reason_of(failed);
        return {};
    }
    if (bytes.size() > largest_read) return map(path, error);  // it grew meanwhile
    return mime::Message::own(std::move(bytes));
}

mime::Message read_standard_input(std::string& error) {
    mime::Buffer bytes;
    if (const int failed = read_all(STDIN_FILENO, largest_input, first_read, bytes)) {
        error = reason_of(failed);
        return {};
    }
    if (bytes.size() > largest_input) {
        error = "more than 2 GiB on standard input";
        return {};
    }
    return mime::Message::own(std::move(bytes));
}

}  // namespace postern::corpora
