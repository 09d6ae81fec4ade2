// SPDX-License-Identifier: Apache-2.0
#include "relay/spool.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace postern::relay {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t write_size = 256 << 10;    // octets gathered before a write
constexpr std::uint64_t push_every = 4 << 20;    // octets after which the disk may begin

std::error_code system_error(int number) { return {number, std::system_category()}; }

fs::path new_file(const fs::path& folder, QueueId id) { return folder / (id.text() + ".new"); }

int write_all(int file, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t n = ::write(file, octets.data(), octets.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : EIO;
        octets.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
}

bool has_eight_bit(std::string_view octets) {
    std::uint64_t all = 0;
    std::size_t at = 0;
    for (; at + sizeof all <= octets.size(); at += sizeof all) {
        std::uint64_t eight;
        std::memcpy(&eight, octets.data() + at, sizeof eight);
        all |= eight;
    }
    for (; at < octets.size(); ++at) all |= static_cast<unsigned char>(octets[at]);
    return (all & 0x8080808080808080u) != 0;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (number_ >= 0) ::close(number_);
        number_ = other.release();
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

int Descriptor::release() {
    const int number = number_;
    number_ = -1;
    return number;
}

IncomingMessage::IncomingMessage(fs::path folder, QueueId id, std::uint64_t small_message)
    : folder_(std::move(folder)), id_(id), small_message_(small_message) {}

IncomingMessage::~IncomingMessage() {
    if (!file_.is_open() || kept_) return;
    ::unlink((published_ ? spool_file(folder_, id_) : new_file(folder_, id_)).c_str());
}

std::error_code IncomingMessage::fail(int number) {
    if (!error_) error_ = system_error(number);
    return error_;
}

// The header section ends at the first CRLF CRLF (or at the start, if that is a CRLF).
void IncomingMessage::observe(std::string_view octets) {
    facts_.size += octets.size();
    std::size_t header = 0;
    constexpr std::string_view end = "\r\n\r\n";
    while (header < octets.size() && header_line_ends_ < end.size()) {
        const char c = octets[header++];
        header_line_ends_ = c == end[header_line_ends_] ? header_line_ends_ + 1 : c == '\r' ? 1 : 0;
    }
    if (!facts_.eight_bit_header) facts_.eight_bit_header = has_eight_bit(octets.substr(0, header));
    if (!facts_.eight_bit) facts_.eight_bit = facts_.eight_bit_header || has_eight_bit(octets.substr(header));
}

std::error_code IncomingMessage::append(std::string_view octets) {
    if (error_) return error_;
    observe(octets);
    memory_.append(octets);
    if (!is_file() && memory_.size() > small_message_ && !become_file()) return error_;
    if (is_file() && memory_.size() >= write_size) write_out();
    return error_;
}

bool IncomingMessage::become_file() {
    const int file = ::open(new_file(folder_, id_).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return fail(errno), false;
    file_ = Descriptor(file);
    return true;
}

bool IncomingMessage::write_out() {
    if (const int number = write_all(file_.number(), memory_)) return fail(number), false;
    memory_.clear();
    if (facts_.size - started_ >= push_every) {
        ::sync_file_range(file_.number(), 0, 0, SYNC_FILE_RANGE_WRITE);  // a hint: sync() is what counts
        started_ = facts_.size;
    }
    return true;
}

int IncomingMessage::descriptor() {
    if (error_) return -1;
    if (is_file()) {
        if (!memory_.empty() && !write_out()) return -1;
        ::sync_file_range(file_.number(), 0, 0, SYNC_FILE_RANGE_WRITE);
        ::lseek(file_.number(), 0, SEEK_SET);
        return file_.number();
    }
    if (view_.is_open()) return view_.number();
    const int view = ::memfd_create("postern-message", MFD_CLOEXEC);
    if (view < 0) return fail(errno), -1;
    view_ = Descriptor(view);
    if (const int number = write_all(view, memory_)) return fail(number), -1;
    ::lseek(view, 0, SEEK_SET);
    return view;
}

std::error_code IncomingMessage::sync() {
    if (error_) return error_;
    if (!memory_.empty() && !write_out()) return error_;
    return ::fdatasync(file_.number()) == 0 ? error_ : fail(errno);
}

std::error_code IncomingMessage::publish() {
    if (error_) return error_;
    const fs::path to = spool_file(folder_, id_);
    if (::rename(new_file(folder_, id_).c_str(), to.c_str()) != 0) return fail(errno);
    published_ = true;
    return error_;
}

fs::path spool_file(const fs::path& folder, QueueId id) { return folder / id.text(); }

std::error_code sync_folder(const fs::path& folder) {
    const Descriptor open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!open_folder.is_open() || ::fsync(open_folder.number()) != 0) return system_error(errno);
    return {};
}

StoredContent::StoredContent(std::string front, std::string octets)
    : front_(std::move(front)), octets_(std::move(octets)), size_(octets_.size()) {}

StoredContent::StoredContent(std::string front, Descriptor file, std::uint64_t size)
    : front_(std::move(front)), file_(std::move(file)), size_(size) {}

std::size_t StoredContent::read(std::uint64_t offset, std::span<char> buffer, std::error_code& error) const {
    error.clear();
    const auto copy = [&](const std::string& from, std::uint64_t at) {
        const std::size_t n = std::min<std::size_t>(buffer.size(), from.size() - at);
        std::memcpy(buffer.data(), from.data() + at, n);
        return n;
    };
    if (offset < front_.size()) return copy(front_, offset);
    offset -= front_.size();
    if (offset >= size_) return 0;
    if (!file_.is_open()) return copy(octets_, offset);
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), size_ - offset);
    ssize_t n;
    do n = ::pread(file_.number(), buffer.data(), wanted, static_cast<off_t>(offset));
    while (n < 0 && errno == EINTR);
    if (n <= 0) error = system_error(n < 0 ? errno : EIO);  // a file shorter than its row is damage
    return n > 0 ? static_cast<std::size_t>(n) : 0;
}

}  // namespace postern::relay
