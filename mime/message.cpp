// SPDX-License-Identifier: Apache-2.0
#include "mime/message.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

namespace postern::mime {

namespace {

// From this size on the kernel is asked to bring the whole file in before the first octet is read:
// one call instead of a page fault every 4 KB. Smaller files cost less without the extra call.
constexpr std::size_t populate_from = 64 * 1024;

class FileDescriptor {
public:
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

std::error_code last_error() {
    return {errno, std::generic_category()};
}

std::shared_ptr<const void> map_descriptor(int fd, std::size_t size, std::error_code& error) {
    const int flags = MAP_PRIVATE | (size >= populate_from ? MAP_POPULATE : 0);
    void* address = ::mmap(nullptr, size, PROT_READ, flags, fd, 0);
    if (address == MAP_FAILED) {
        error = last_error();
        return nullptr;
    }
    ::madvise(address, size, MADV_SEQUENTIAL);  // advice: its failure changes nothing
    return {address, [size](const void* p) { ::munmap(const_cast<void*>(p), size); }};
}

}  // namespace

Message Message::map(const std::filesystem::path& path, std::error_code& error) {
    error.clear();
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        error = last_error();
        return {};
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        error = last_error();
        return {};
    }
    if (S_ISDIR(status.st_mode)) {
        error = std::make_error_code(std::errc::is_a_directory);
        return {};
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return {};  // mmap refuses an empty file, which is an empty message all the same
    auto owner = map_descriptor(file.get(), size, error);
    if (!owner) return {};
    const auto* first = static_cast<const std::byte*>(owner.get());
    return Message(std::move(owner), {first, size});
}

Message Message::own(std::string bytes) {
    auto owner = std::make_shared<const std::string>(std::move(bytes));
    const std::span<const std::byte> view = std::as_bytes(std::span(*owner));
    return Message(std::move(owner), view);
}

Message Message::own(Buffer bytes) {
    auto owner = std::make_shared<const Buffer>(std::move(bytes));
    const std::span<const std::byte> view = owner->bytes();
    return Message(std::move(owner), view);
}

Message Message::borrow(std::span<const std::byte> bytes) {
    return Message(nullptr, bytes);
}

Message Message::slice(ByteRange range) const {
    return Message(owner_, mime::slice(bytes_, range));
}

}  // namespace postern::mime
