// SPDX-License-Identifier: Apache-2.0
// The folder is watched and not the file: the file that is replaced is gone, and its watch with it.
#include "signatures/store/file_watch.h"

#include "signatures/set_file/set_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace postern::signatures {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds look_when_told{10'000};
constexpr milliseconds look_alone{500};

}  // namespace

FileWatch::FileWatch(const std::filesystem::path& folder, std::string name) : folder_(folder), name_(std::move(name)) {
    stop_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_ < 0) {
        throw SetFileError(folder.native() + ": cannot be watched for new sets: " + std::strerror(errno));
    }
    inotify_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    watch_folder();
    seen_ = identity_of(folder_ / name_);
}

FileWatch::~FileWatch() {
    if (inotify_ >= 0) ::close(inotify_);
    ::close(stop_);
}

FileWatch::Identity FileWatch::identity_of(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_ctim.tv_sec,
            status.st_ctim.tv_nsec};
}

// The folder that the path leads to now.
void FileWatch::watch_folder() {
    if (inotify_ < 0) return;
    Identity now = identity_of(folder_);
    now.size = 0;
    now.changed_seconds = now.changed_nanoseconds = 0;
    if (watched_ >= 0 && now == folder_seen_) return;
    if (watched_ >= 0) ::inotify_rm_watch(inotify_, watched_);
    folder_seen_ = now;
    constexpr std::uint32_t wanted = IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    watched_ = ::inotify_add_watch(inotify_, folder_.c_str(), wanted);
}

FileWatch::Event FileWatch::wait(milliseconds most) {
    const auto end = Clock::now() + most;
    for (;;) {
        const auto left = std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end - Clock::now()));
        const auto pause = std::min(left, is_told() ? look_when_told : look_alone);
        std::array<pollfd, 2> files{pollfd{stop_, POLLIN, 0}, pollfd{inotify_, POLLIN, 0}};
        ::poll(files.data(), files.size(), static_cast<int>(pause.count()));
        if (files[0].revents != 0) return Event::stopped;
        const bool told = files[1].revents != 0 && read_events();
        if (look() || told) return Event::replaced;
        if (pause == left) return Event::nothing;
    }
}

// All that waits is read, so that many changes in a row are one. Where the kernel dropped some, ours may be
// among them.
bool FileWatch::read_events() {
    alignas(inotify_event) std::array<char, 4096> octets{};
    bool ours = false;
    for (;;) {
        const ssize_t size = ::read(inotify_, octets.data(), octets.size());
        if (size <= 0) return ours;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, octets.data() + at, sizeof event);
            const char* name = octets.data() + at + sizeof event;
            ours = ours || (event.mask & IN_Q_OVERFLOW) != 0 || (event.len > 0 && name_ == name);
            // The folder is gone, and the watch with it.
            if ((event.mask & IN_IGNORED) != 0 && event.wd == watched_) watched_ = -1;
            at += sizeof event + event.len;
        }
    }
}

// The watch first: what changes after it is told, what changed before it is seen.
bool FileWatch::look() {
    watch_folder();
    const Identity now = identity_of(folder_ / name_);
    if (now == seen_) return false;
    seen_ = now;
    return now != Identity{};
}

void FileWatch::stop() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(stop_, &one, sizeof one));
}

}  // namespace postern::signatures
