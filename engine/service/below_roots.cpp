// SPDX-License-Identifier: Apache-2.0
#include "engine/service/below_roots.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace postern::engine::service {

namespace {

// As deep as ClamAV goes by default.
constexpr std::size_t most_levels = 15;

std::error_code last_error() {
    return {errno, std::generic_category()};
}

// "a//b/./c" and "a/b/c" are one: what stands before the rest of a path must be the folder,
// component by component.
std::optional<std::string> below(const std::string& root, const std::string& path) {
    if (!path.starts_with(root)) return std::nullopt;
    std::string rest = path.substr(root.size());
    if (!rest.empty() && rest.front() != '/') return std::nullopt;
    rest.erase(0, rest.find_first_not_of('/'));
    return rest.empty() || rest.find_first_not_of('/') == rest.npos ? "." : rest;
}

}  // namespace

BelowRoots::BelowRoots(const std::vector<std::filesystem::path>& roots) {
    for (const std::filesystem::path& path : roots) {
        Descriptor folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!folder)
            throw std::system_error(last_error(),
                                    path.native() + ": cannot be opened as a folder to scan in");
        std::string name = path.lexically_normal().native();
        while (name.ends_with('/')) name.pop_back();
        roots_.push_back({std::move(name), std::move(folder)});
    }
}

Descriptor BelowRoots::open(const std::string& path, std::error_code& error) const {
    error = std::make_error_code(std::errc::permission_denied);
    for (const Root& root : roots_) {
        const auto rest = below(root.path, path);
        if (!rest) continue;
        open_how how{};
        how.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
        how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
        Descriptor file(static_cast<int>(
            ::syscall(SYS_openat2, root.folder.get(), rest->c_str(), &how, sizeof how)));
        if (file) {
            error.clear();
            return file;
        }
        // Out of the folder, or through links without end: what is there is not told.
        if (errno != EXDEV && errno != ELOOP) error = last_error();
    }
    return Descriptor();
}

FileKind kind_of(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return FileKind::other;
    // One that cannot be read from is nothing to scan, whatever it is.
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags < 0 || (flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_WRONLY)
        return FileKind::other;
    if (S_ISREG(status.st_mode)) return FileKind::regular;
    return S_ISDIR(status.st_mode) ? FileKind::folder : FileKind::other;
}

FolderWalk::FolderWalk(Descriptor folder, std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    enter(std::move(folder), std::move(path));
}

void FolderWalk::enter(Descriptor folder, std::string path) {
    std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(folder.get()), ::closedir);
    if (!entries) return;
    folder.release();
    levels_.push_back({std::move(entries), std::move(path)});
}

std::optional<FolderWalk::File> FolderWalk::next() {
    while (!levels_.empty()) {
        const dirent* entry = ::readdir(levels_.back().entries.get());
        if (entry == nullptr) {
            levels_.pop_back();
            continue;
        }
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        std::string path = levels_.back().path + "/" + name;
        Descriptor file(::openat(::dirfd(levels_.back().entries.get()), name.c_str(),
                                 O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC));
        if (!file) {
            const std::error_code error = last_error();
            if (error.value() == ELOOP || error.value() == ENXIO || error.value() == ENOENT)
                continue;
            return File{std::move(path), Descriptor(), error};
        }
        const FileKind kind = kind_of(file.get());
        if (kind == FileKind::regular) return File{std::move(path), std::move(file), {}};
        if (kind == FileKind::folder && levels_.size() < most_levels)
            enter(std::move(file), std::move(path));
    }
    return std::nullopt;
}

}  // namespace postern::engine::service
