// SPDX-License-Identifier: Apache-2.0
// NurseryLink: the supervisor's end of one nursery: starts its process and talks with it.
#pragma once

#include "engine/service/loop.h"
#include "engine/service/nursery.h"
#include "engine/service/packet.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace postern::engine::service {

class NurseryLink {
public:
    struct Listener {
        std::function<void(const LoadedFacts&)> loaded;
        std::function<void(const std::string&)> failed;
        std::function<void(std::uint64_t id, int process)> forked;
        std::function<void(std::uint64_t id, int status)>
            ended;  // as waitpid() gives it; -1: never was
        std::function<void()> closed;
    };

    // Starts `command` (the program's path first) with the nursery's socket as its descriptor 3,
    // and no other but the three that every program has. Throws std::system_error.
    NurseryLink(Loop& loop, const std::vector<std::string>& command, Listener listener);
    // The nursery sees the end of its socket and takes its workers with it.
    ~NurseryLink();

    bool fork_worker(std::uint64_t id, Packet ends);
    void end_worker(std::uint64_t id);
    const LoadedFacts& facts() const { return facts_; }

private:
    void listen();
    void take(const Packet& packet);

    Listener listener_;
    Descriptor socket_;
    std::unique_ptr<Watch> watch_;
    int process_ = -1;
    LoadedFacts facts_;
};

}  // namespace postern::engine::service
