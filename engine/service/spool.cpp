// SPDX-License-Identifier: Apache-2.0
#include "engine/service/spool.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

namespace postern::engine::service {

namespace {

std::error_code last_error() {
    return {errno, std::generic_category()};
}

Descriptor file_without_name(const std::filesystem::path& folder) {
    Descriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
    std::string name = (folder / "scand-XXXXXX").native();  // a file system that knows no O_TMPFILE
    file = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (file) ::unlink(name.c_str());
    return file;
}

}  // namespace

Spool::Spool(Spool&& other) noexcept
    : room_(other.room_),  // what was moved from still has its (empty) place there
      file_(std::move(other.file_)),
      in_memory_(std::exchange(other.in_memory_, false)),
      size_(std::exchange(other.size_, 0)) {}

Spool& Spool::operator=(Spool&& other) noexcept {
    room_.swap(other.room_);
    std::swap(file_, other.file_);
    std::swap(in_memory_, other.in_memory_);
    std::swap(size_, other.size_);
    return *this;
}

Spool::~Spool() {
    room_->held -= size_;
    if (in_memory_) room_->in_memory -= size_;
}

std::error_code Spool::open(std::uint64_t first) {
    in_memory_ = room_->in_memory + first <= room_->most_in_memory;
    file_ = in_memory_ ? Descriptor(::memfd_create("scand", MFD_CLOEXEC))
                       : file_without_name(room_->folder);
    return file_ ? std::error_code() : last_error();
}

std::error_code Spool::move_to_file() {
    Descriptor file = file_without_name(room_->folder);
    if (!file) return last_error();
    off_t at = 0;
    while (static_cast<std::uint64_t>(at) < size_) {
        const ssize_t sent =
            ::sendfile(file.get(), file_.get(), &at, size_ - static_cast<std::uint64_t>(at));
        if (sent < 0 && errno != EINTR) return last_error();
        if (sent == 0) return std::make_error_code(std::errc::io_error);
    }
    file_ = std::move(file);
    in_memory_ = false;
    room_->in_memory -= size_;
    return {};
}

std::error_code Spool::write(std::span<const std::byte> octets) {
    while (!octets.empty()) {
        const ssize_t written = ::write(file_.get(), octets.data(), octets.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return last_error();
        octets = octets.subspan(static_cast<std::size_t>(written));
        size_ += static_cast<std::uint64_t>(written);
        room_->held += static_cast<std::uint64_t>(written);
        if (in_memory_) room_->in_memory += static_cast<std::uint64_t>(written);
    }
    return {};
}

std::error_code Spool::append(std::span<const std::byte> octets) {
    if (!file_) {
        if (const std::error_code error = open(octets.size())) return error;
    }
    if (in_memory_ && room_->in_memory + octets.size() > room_->most_in_memory) {
        if (const std::error_code error = move_to_file()) return error;
    }
    return write(octets);
}

int Spool::descriptor() {
    if (!file_) static_cast<void>(open(0));
    return file_.get();
}

}  // namespace postern::engine::service
