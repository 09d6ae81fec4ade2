// SPDX-License-Identifier: Apache-2.0
// PathRun: one path command over a file, or over what lies below a folder.
//
// SCAN and ALLMATCHSCAN end with the first file that has something, CONTSCAN goes on, MULTISCAN has
// several files under way at once. What is clean is not told, but a run that told nothing ends with
// "PATH: OK".
//
// For one thread.
#pragma once

#include "engine/service/below_roots.h"
#include "engine/service/command.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace postern::engine::service {

class PathRun : public std::enable_shared_from_this<PathRun> {
public:
    struct Host {
        // Scans it and tells what is to be told; then calls back: whether it told something.
        std::function<void(std::string path, Descriptor file, std::function<void(bool)>)> scan;
        std::function<void(const std::string& line)> tell;
        std::function<void()> finished;
    };

    PathRun(Verb verb, std::string path, Host host)
        : verb_(verb), path_(std::move(path)), host_(std::move(host)) {}
    // REQUIRES: held by a shared_ptr.
    void begin(const BelowRoots& roots);

private:
    void next();
    void take(FolderWalk::File file);
    void answered(bool told);

    Verb verb_;
    std::string path_;
    Host host_;
    std::optional<FolderWalk> walk_;
    unsigned under_way_ = 0;
    bool told_ = false;
    bool over_ = false;    // nothing more is begun
    bool asking_ = false;  // next() is at work: an answer in between is for it to go on with
};

}  // namespace postern::engine::service
