// SPDX-License-Identifier: Apache-2.0
// BelowRoots: opens what clients name by path, and nothing outside of the folders that the operator
// named.
//
// Paths are resolved by the kernel (openat2, RESOLVE_BENEATH): a link or ".." that leads out of the
// folder is refused, whatever changes meanwhile. Nothing is waited for: a FIFO opens at once, and
// is no regular file.
//
// For one thread.
#pragma once

#include "engine/service/descriptor.h"

#include <dirent.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace postern::engine::service {

class BelowRoots {
public:
    // Throws std::system_error for a folder that cannot be opened.
    explicit BelowRoots(const std::vector<std::filesystem::path>& roots);

    Descriptor open(const std::string& path, std::error_code& error) const;

private:
    struct Root {
        std::string path;  // without a slash at its end
        Descriptor folder;
    };
    std::vector<Root> roots_;
};

enum class FileKind : std::uint8_t { regular, folder, other };
FileKind kind_of(int descriptor);

// What lies below a folder, file by file, without following links.
class FolderWalk {
public:
    // Takes over `folder`, which is at `path`.
    FolderWalk(Descriptor folder, std::string path);

    struct File {
        std::string path;
        Descriptor descriptor;
        std::error_code error;  // it cannot be opened
    };
    // Nothing: that was all.
    std::optional<File> next();

private:
    struct Level {
        std::unique_ptr<DIR, int (*)(DIR*)> entries;
        std::string path;
    };
    void enter(Descriptor folder, std::string path);

    std::vector<Level> levels_;
};

}  // namespace postern::engine::service
