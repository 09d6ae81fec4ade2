// SPDX-License-Identifier: Apache-2.0
// A file beside the one to be, which takes its place when it is whole: readers see the old one or the
// new one, and a full disk or a crash leaves the old one.
//
// A crash also leaves the file beside, PATH.new-PID or PATH.new-PID-N; is_left_over() knows it by its name.
//
// One owner. Every error is a SetFileError that names the file to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace postern::signatures {

class NewFile {
public:
    // Its permissions are what the umask leaves of 0644.
    explicit NewFile(const std::filesystem::path& path);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write(std::span<const std::byte> octets, std::uint64_t at);
    // 0644 whatever the umask says: who may enter the folder may read it.
    void let_all_read();
    // Where it is until then.
    const std::filesystem::path& temporary() const { return temporary_; }
    // On the disk, and in its place. REQUIRES: called once, last.
    void take_its_place();

    // True for a name that only a file beside has.
    static bool is_left_over(const std::filesystem::path& path);

private:
    [[noreturn]] void fail(const char* what) const;

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int fd_ = -1;
};

// What stands in the folder is on the disk. Throws SetFileError.
void sync_folder(const std::filesystem::path& folder);

}  // namespace postern::signatures
