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

namespace {

constexpr const char* mark = ".new-";

}  // namespace

// Another thread may write the same file, and a process with this number may have crashed here: each takes
// the first name that nobody has.
NewFile::NewFile(const std::filesystem::path& path) : path_(path) {
    const std::string beside = path.native() + mark + std::to_string(::getpid());
    constexpr unsigned most = 1000;
    for (unsigned n = 0; n < most && fd_ < 0; ++n) {
        temporary_ = n == 0 ? beside : beside + '-' + std::to_string(n);
        fd_ = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
        if (fd_ < 0 && errno != EEXIST) break;
    }
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

void NewFile::let_all_read() {
    if (::fchmod(fd_, 0644) != 0) fail("cannot be made readable");
}

void NewFile::take_its_place() {
    if (::fsync(fd_) != 0) fail("cannot be written to the disk");
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be put in its place");
    temporary_.clear();
    sync_folder(path_.has_parent_path() ? path_.parent_path() : ".");
}

bool NewFile::is_left_over(const std::filesystem::path& path) {
    return path.filename().native().find(mark) != std::string::npos;
}

void NewFile::fail(const char* what) const {
    throw SetFileError(path_.native() + ": " + what + ": " + std::strerror(errno));
}

// Where a folder may be written in but not read, or its file system knows no syncing of folders, nothing
// more can be done.
void sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    const int result = ::fsync(descriptor);
    const int reason = errno;
    ::close(descriptor);
    if (result == 0 || reason == EINVAL) return;
    throw SetFileError(folder.native() + ": what was written there may not be on the disk: " + std::strerror(reason));
}

}  // namespace postern::signatures
