// SPDX-License-Identifier: Apache-2.0
// FileWatch: says when a file of a folder is replaced by another one of its name.
//
// inotify(7) tells at once. Where it cannot (the folder is not there yet, or was put in the place of another
// one; a file system that another machine writes to; no more watches to be had), looking tells, every
// half second without inotify and every ten seconds beside it.
//
// wait() is called by one thread, stop() by any.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace postern::signatures {

class FileWatch {
public:
    // What happens to the file from here on is told. Neither it nor the folder need be there yet. Throws
    // SetFileError where the system has nothing left to wait with.
    FileWatch(const std::filesystem::path& folder, std::string name);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    enum class Event : std::uint8_t { replaced, nothing, stopped };
    // Blocks until something happens, at most so long.
    Event wait(std::chrono::milliseconds most);
    // Every wait from now on says `stopped`.
    void stop();

    // Whether inotify watches; else the file is only looked at.
    bool is_told() const { return watched_ >= 0; }

private:
    // Which file a path leads to, and as of when. All 0: none.
    struct Identity {
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t changed_seconds = 0, changed_nanoseconds = 0;
        bool operator==(const Identity&) const = default;
    };
    static Identity identity_of(const std::filesystem::path& path);

    void watch_folder();
    bool read_events();
    bool look();

    std::filesystem::path folder_;
    std::string name_;
    int inotify_ = -1;
    int watched_ = -1;  // inotify's number for the folder
    int stop_ = -1;
    Identity folder_seen_;  // that is watched; without its time, which every change in it changes
    Identity seen_;
};

}  // namespace postern::signatures
