// SPDX-License-Identifier: Apache-2.0
// FileWatch: says when a file of a folder is replaced by another one of its name (inotify(7)).
//
// wait() is called by one thread, stop() by any.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace postern::signatures {

class FileWatch {
public:
    // What happens to the file from here on is told. The folder must exist. Throws SetFileError.
    FileWatch(const std::filesystem::path& folder, std::string name);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    enum class Event : std::uint8_t { replaced, nothing, stopped };
    // Blocks until something happens, at most so long.
    Event wait(std::chrono::milliseconds most);
    // Every wait from now on says `stopped`.
    void stop();

private:
    bool read_events();

    std::string name_;
    int watch_ = -1;
    int stop_ = -1;
};

}  // namespace postern::signatures
