// SPDX-License-Identifier: Apache-2.0
// A file beside the one to be, which takes its place when it is whole: readers see the old one or the
// new one, and a full disk or a crash leaves the old one.
//
// Every error is a SetFileError that names the file to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace postern::signatures {

class NewFile {
public:
    explicit NewFile(const std::filesystem::path& path);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write(std::span<const std::byte> octets, std::uint64_t at);
    // Where it is until then.
    const std::filesystem::path& temporary() const { return temporary_; }
    // On the disk, and in its place. REQUIRES: called once, last.
    void take_its_place();

private:
    [[noreturn]] void fail(const char* what) const;

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int fd_ = -1;
};

}  // namespace postern::signatures
