// SPDX-License-Identifier: Apache-2.0
// Nursery: the process that loads a set once and forks workers that have it.
//
// It has one thread and reads no message. A worker forked from it shares the set's memory and needs
// some milliseconds, however large the set is. Another set is another nursery, beside the one in
// force until it is ready: so a set never has to be brought into a process that is shut in, and one
// that cannot be loaded changes nothing.
//
// Packets (packet.h), the kind first:
//   to it     fork ID + two descriptors (small, large) · end ID
//   from it   loaded ... · failed SENTENCE · forked ID PROCESS · ended ID STATUS
#pragma once

#include "engine/service/worker.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace postern::engine::service {

enum class ToNursery : std::uint64_t { fork = 1, end };
enum class FromNursery : std::uint64_t { loaded = 1, failed, forked, ended };

// What is known of a set that was loaded.
struct LoadedFacts {
    std::string generation;
    std::uint64_t signatures = 0;
    std::chrono::system_clock::time_point since{};  // made the current one; else when it was loaded
    std::chrono::milliseconds time_limit{};         // the policy's, for one message
    double loading_seconds = 0;
};

struct Loaded {
    std::unique_ptr<Judge> judge;
    LoadedFacts facts;
};

struct NurseryOptions {
    // Called once. What it throws is told to the supervisor, in the words of the exception.
    std::function<Loaded()> load;
    WorkerThreads threads;
    Enclosure enclosure;
    User user;  // whom it and its workers become where they are root
};

// Returns when the supervisor is gone, or nothing could be loaded: the status to exit with.
int run_nursery(int socket, const NurseryOptions& options);

}  // namespace postern::engine::service
