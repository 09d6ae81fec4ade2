// SPDX-License-Identifier: Apache-2.0
// KnownMail: mail one after the other, each with what is known of it.
//
// Good and bad mail comes from folders of its own, or from a corpus whose manifest says which is which.
// The manifest itself is never mail. For one thread at a time.
#pragma once

#include "corpora/loader.h"
#include "corpora/manifest.h"

namespace postern::corpora {

struct KnownMailPaths {
    std::vector<std::string> corpus;  // as manifests say; without one, nothing is known
    std::vector<std::string> good;
    std::vector<std::string> bad;
};

struct KnownItem {
    Item item;
    std::optional<Worth> worth;
};

class KnownMail {
public:
    // Throws ManifestError as read_manifest() does.
    explicit KnownMail(const KnownMailPaths& paths);
    // The next message; nothing when all are out.
    std::optional<KnownItem> next();

private:
    struct Group {
        std::unique_ptr<Loader> loader;
        std::optional<Worth> worth;  // of all; nothing: manifests say it
    };
    std::map<std::string, Worth> manifests_;
    std::vector<Group> groups_;
    std::size_t group_ = 0;
};

}  // namespace postern::corpora
