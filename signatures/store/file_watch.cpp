// SPDX-License-Identifier: Apache-2.0
// The folder is watched and not the file: the file that is replaced is gone, and its watch with it.
#include "signatures/store/file_watch.h"

#include "signatures/set_file/set_file.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace postern::signatures {

FileWatch::FileWatch(const std::filesystem::path& folder, std::string name) : name_(std::move(name)) {
    watch_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    stop_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const bool watched = watch_ >= 0 && stop_ >= 0 &&
                         ::inotify_add_watch(watch_, folder.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE) >= 0;
    if (watched) return;
    const int reason = errno;
    if (watch_ >= 0) ::close(watch_);
    if (stop_ >= 0) ::close(stop_);
    throw SetFileError(folder.native() + ": cannot be watched for new sets: " + std::strerror(reason));
}

FileWatch::~FileWatch() {
    ::close(watch_);
    ::close(stop_);
}

FileWatch::Event FileWatch::wait(std::chrono::milliseconds most) {
    std::array<pollfd, 2> files{pollfd{stop_, POLLIN, 0}, pollfd{watch_, POLLIN, 0}};
    const int ready = ::poll(files.data(), files.size(), static_cast<int>(most.count()));
    if (ready <= 0) return Event::nothing;
    if (files[0].revents != 0) return Event::stopped;
    return read_events() ? Event::replaced : Event::nothing;
}

// All that waits is read, so that many changes in a row are one. Where the kernel dropped some, ours may be
// among them.
bool FileWatch::read_events() {
    alignas(inotify_event) std::array<char, 4096> octets{};
    bool ours = false;
    for (;;) {
        const ssize_t size = ::read(watch_, octets.data(), octets.size());
        if (size <= 0) return ours;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, octets.data() + at, sizeof event);
            const char* name = octets.data() + at + sizeof event;
            ours = ours || (event.mask & IN_Q_OVERFLOW) != 0 || (event.len > 0 && name_ == name);
            at += sizeof event + event.len;
        }
    }
}

void FileWatch::stop() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(stop_, &one, sizeof one));
}

}  // namespace postern::signatures
