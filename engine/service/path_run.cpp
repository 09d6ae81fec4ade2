// SPDX-License-Identifier: Apache-2.0
#include "engine/service/path_run.h"

namespace postern::engine::service {

namespace {

// Files of one MULTISCAN under way at once.
constexpr unsigned most_at_once = 16;

// The error as clamd's clients read it.
std::string sentence_of(const std::error_code& error) {
    return "File path check failure: " + error.message() + ". ERROR";
}

}  // namespace

void PathRun::begin(const BelowRoots& roots) {
    std::error_code error;
    Descriptor file = roots.open(path_, error);
    if (error) {
        host_.tell(path_ + ": " + sentence_of(error));
        return host_.finished();
    }
    switch (kind_of(file.get())) {
        case FileKind::regular: {
            over_ = true;
            under_way_ = 1;
            return host_.scan(path_, std::move(file),
                              [run = shared_from_this()](bool told) { run->answered(told); });
        }
        case FileKind::folder: {
            walk_.emplace(std::move(file), path_);
            return next();
        }
        case FileKind::other: {
            host_.tell(path_ + ": Not supported file type ERROR");
            return host_.finished();
        }
    }
}

void PathRun::take(FolderWalk::File file) {
    if (file.error) {
        told_ = true;
        return host_.tell(file.path + ": Access denied. ERROR");
    }
    ++under_way_;
    host_.scan(std::move(file.path), std::move(file.descriptor),
               [run = shared_from_this()](bool told) { run->answered(told); });
}

void PathRun::next() {
    const unsigned most = verb_ == Verb::multiscan ? most_at_once : 1;
    asking_ = true;
    while (!over_ && under_way_ < most) {
        std::optional<FolderWalk::File> file = walk_->next();
        if (file)
            take(std::move(*file));
        else
            over_ = true;
    }
    asking_ = false;
    if (!over_ || under_way_ > 0) return;
    if (!told_) host_.tell(path_ + ": OK");
    host_.finished();
}

void PathRun::answered(bool told) {
    --under_way_;
    told_ = told_ || told;
    if (told && verb_ != Verb::contscan && verb_ != Verb::multiscan) over_ = true;
    if (!asking_) next();
}

}  // namespace postern::engine::service
