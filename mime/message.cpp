// SPDX-License-Identifier: Apache-2.0
// Just enough of Message for corpora/ to build alone; the mime room's own file takes its place.
#include "mime/message.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace postern::mime {

Message Message::map(const std::filesystem::path& path, std::error_code& error) {
    error.clear();
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (fd < 0 || ::fstat(fd, &status) != 0) {
        error.assign(errno, std::generic_category());
        if (fd >= 0) ::close(fd);
        return {};
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    void* data = size ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0) : nullptr;
    if (data == MAP_FAILED) error.assign(errno, std::generic_category());
    ::close(fd);
    if (error || size == 0) return {};
    std::shared_ptr<const void> owner(data, [size](const void* p) {
        ::munmap(const_cast<void*>(p), size);
    });
    return Message(std::move(owner), {static_cast<const std::byte*>(data), size});
}

Message Message::own(std::string bytes) {
    auto owner = std::make_shared<const std::string>(std::move(bytes));
    const auto span = std::as_bytes(std::span(owner->data(), owner->size()));
    return Message(std::move(owner), span);
}

Message Message::borrow(std::span<const std::byte> bytes) { return Message(nullptr, bytes); }

Message Message::slice(ByteRange range) const {
    return Message(owner_, bytes_.subspan(range.begin, range.size()));
}

}  // namespace postern::mime
