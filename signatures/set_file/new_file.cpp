// SPDX-License-Identifier: Apache-2.0
// The folder is synced as well: a name that is only in memory is gone after a power cut.
#include "signatures/set_file/new_file.h"

#include "signatures/set_file/set_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace postern::signatures {

NewFile::NewFile(const std::filesystem::path& path)
    : path_(path), temporary_(path.native() + ".new-" + std::to_string(::getpid())) {
    fd_ = ::open(temporary_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    if (fd_ < 0) fail("cannot be written");
}

NewFile::~NewFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void NewFile::write(std::span<const std::byte> octets, std::uint64_t at) {
    while (!octets.empty()) {
        const ssize_t n = ::pwrite(fd_, octets.data(), octets.size(), static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail("cannot be written");
        octets = octets.subspan(static_cast<std::size_t>(n));
        at += static_cast<std::uint64_t>(n);
    }
}

void NewFile::take_its_place() {
    if (::fsync(fd_) != 0) fail("cannot be written to the disk");
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be put in its place");
    temporary_.clear();
    const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;  // a folder that may be written in, but not read: nothing more can be done
    static_cast<void>(::fsync(descriptor));
    ::close(descriptor);
}

void NewFile::fail(const char* what) const {
    throw SetFileError(path_.native() + ": " + what + ": " + std::strerror(errno));
}

}  // namespace postern::signatures
