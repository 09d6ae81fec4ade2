// SPDX-License-Identifier: Apache-2.0
// Scand: the scanning service as a whole. Start here.
//
//     clients ── Server (this process, which reads no message) ── Pool ── workers (sandboxed,
//     forked by a nursery)
//
// `Scand` is the supervisor: it owns the sockets, spools streams, hands descriptors to workers and
// answers. What loads sets and scans are other processes, which this one starts by
// `nursery_command`: that program calls run_nursery() (nursery.h) over its descriptor 3.
#pragma once

#include "engine/service/events.h"
#include "engine/service/listeners.h"
#include "engine/service/server.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace postern::engine::service {

// The descriptor over which a nursery finds its supervisor.
inline constexpr int nursery_socket = 3;

// Threads that a worker has for each kind of message, on a machine of so many cores.
unsigned small_threads_for(unsigned cores);

struct ScandOptions {
    std::vector<std::string> nursery_command;
    ListenOptions listen;  // beside what the service manager passed
    ServerLimits limits;
    std::uint64_t memory = std::uint64_t{2} << 30;  // for messages, all processes together
    unsigned threads = 1;                           // of the worker's arena
    std::chrono::milliseconds hang_time{0};         // 0: from the policy's time limit
    std::vector<std::filesystem::path> roots;
    std::filesystem::path spool_folder = "/var/tmp";
    std::filesystem::path failed_folder;
    std::filesystem::path store;  // whose current set is followed; empty: none
    bool shutdown_command = false;
};

class Scand {
public:
    // Listens at once, so that an address that cannot be had is told before anything is loaded;
    // connections are taken when the first set is in force. Throws ListenError, std::system_error,
    // SetFileError.
    Scand(ScandOptions options, Events& events);
    ~Scand();

    // Until SIGTERM, SIGINT or stop(): then what is under way is answered. SIGHUP loads everything
    // anew. Throws std::runtime_error when the first set cannot be loaded.
    void run();

    // Any thread.
    void stop();
    void reload();

    // Where it listens, as users write it.
    const std::vector<std::string>& addresses() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::engine::service
