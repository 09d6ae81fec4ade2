// SPDX-License-Identifier: Apache-2.0
// The walk keeps its own stack of what is still to be visited, so that a deep tree of folders costs
// memory of the heap and not of the call stack.
#include "corpora/walk.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <system_error>

namespace postern::corpora {
namespace {

std::string reason_of(int error) {
    return std::generic_category().message(error);
}

bool is_folder(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// A maildir has cur/ and new/; mail lies in those and, while it is written, in tmp/.
bool is_mail_folder_of_maildir(const std::string& folder) {
    const std::size_t end = folder.find_last_not_of('/');
    if (end == std::string::npos) return false;
    const std::size_t slash = folder.rfind('/', end);
    const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
    const std::string name = folder.substr(base, end + 1 - base);
    if (name != "cur" && name != "new" && name != "tmp") return false;
    const std::string above = folder.substr(0, base);
    return is_folder(above + "cur") && is_folder(above + "new");
}

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

// Names in the folder, sorted; errno's value when it cannot be read.
int names_in(const std::string& folder, std::vector<std::string>& names) {
    const std::unique_ptr<DIR, CloseFolder> stream(::opendir(folder.c_str()));
    if (!stream) return errno;
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
        errno = 0;
    }
    const int error = errno;
    std::ranges::sort(names);
    return error;
}

class Walker {
public:
    explicit Walker(std::vector<FoundFile>& found) : found_(found) {}

    void walk(const std::string& path) {
        pending_.push_back({path, 0, false, {}});
        while (!pending_.empty()) {
            FoundFile next = std::move(pending_.back());
            pending_.pop_back();
            visit(std::move(next));
        }
    }

private:
    void visit(FoundFile file) {
        struct stat status {};
        if (::stat(file.path.c_str(), &status) != 0) {
            file.error = reason_of(errno);
        } else if (S_ISDIR(status.st_mode)) {
            if (!seen_.insert({status.st_dev, status.st_ino}).second) return;
            return open_folder(std::move(file));
        } else if (!S_ISREG(status.st_mode)) {
            file.error = "not a regular file";
        } else {
            file.size = static_cast<std::uint64_t>(status.st_size);
        }
        found_.push_back(std::move(file));
    }

    void open_folder(FoundFile folder) {
        std::vector<std::string> names;
        if (const int error = names_in(folder.path, names)) {
            found_.push_back({folder.path, 0, false, reason_of(error)});
        }
        const bool in_maildir = is_mail_folder_of_maildir(folder.path);
        const std::string prefix = folder.path.ends_with('/') ? folder.path : folder.path + '/';
        // Last in, first out: pushed backwards, they are visited in order.
        for (auto name = names.rbegin(); name != names.rend(); ++name) {
            pending_.push_back({prefix + *name, 0, in_maildir, {}});
        }
    }

    std::vector<FoundFile>& found_;
    std::vector<FoundFile> pending_;
    std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

std::vector<FoundFile> walk(std::span<const std::string> paths) {
    std::vector<FoundFile> found;
    for (const std::string& path : paths) {
        if (path == "-") {
            found.push_back({path, 0, false, {}});
        } else {
            Walker(found).walk(path);
        }
    }
    return found;
}

}  // namespace postern::corpora
