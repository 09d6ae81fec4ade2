// SPDX-License-Identifier: Apache-2.0
// Server: connections in, commands to the pool, replies out.
//
// Limits hold for each connection (times, lengths, commands under way) and for all together
// (connections, octets in flight). Where all are used up, one waits and none is turned away: a
// stream that was begun is not read on beyond its first 256 KB until others are done; a connection
// that came too many stays in the kernel's queue, unless another one idles, which then has to go.
#pragma once

#include "engine/service/below_roots.h"
#include "engine/service/events.h"
#include "engine/service/job.h"
#include "engine/service/listeners.h"
#include "engine/service/loop.h"
#include "engine/service/pool.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace postern::engine::service {

struct ServerLimits {
    std::uint64_t stream = 104857600;             // octets of one INSTREAM
    std::uint64_t held = std::uint64_t{4} << 30;  // octets of all messages in flight
    std::size_t connections = 12000;
    std::size_t commands = 64;  // under way in one session; the next is read when one is answered
    std::chrono::milliseconds command_time{30'000};  // for one command to be whole
    std::chrono::milliseconds read_time{120'000};    // between two pieces of a stream
    std::chrono::milliseconds idle_time{
        60'000};  // without a command, in a session or before the first
    std::chrono::milliseconds write_time{60'000};  // for a client to take its replies
};

struct ServerOptions {
    ServerLimits limits;
    std::vector<std::filesystem::path> roots;  // that path commands may name
    std::filesystem::path failed_folder;       // for fingerprints; empty: none are kept
    SpoolRoom room;
    unsigned threads = 1;  // for STATS
    std::function<void()> reload;
    std::function<void()> shut_down;  // empty: SHUTDOWN is refused
};

class Server {
public:
    // REQUIRES: the loop, the pool and the events outlive it.
    Server(Loop& loop, Pool& pool, Events& events, ServerOptions options);
    ~Server();

    // From here on connections are taken.
    void serve(std::vector<Listening> listeners);
    // No new ones; `done` when all that is under way is answered.
    void finish(std::function<void()> done);
    // Levels may have changed.
    void levels_changed();

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace postern::engine::service
