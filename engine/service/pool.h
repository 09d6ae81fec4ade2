// SPDX-License-Identifier: Apache-2.0
// Pool: keeps workers, gives them jobs, and makes good what becomes of them.
//
// One worker is active and one stands by, ready. When the active one ends, the other takes over at
// once, and what was in flight goes to others that have nothing else (solo), each to one: what ends
// that one too is given up, everything else gets its answer.
//
// A worker does not only end, it may also be kept busy: when all its threads for small messages
// have been at theirs for a while, the one that stands by takes over as well. The busy one answers
// what it is at and leaves; what lay before it unbegun goes to the next.
//
// Invariants
//  (1) Every job is answered or given up, once; a job is given up only after two workers ended with
//      it, the second of which had nothing else.
//  (2) A job is in flight in at most one worker.
//  (3) There are never more than `most_workers` of the set in force.
#pragma once

#include "engine/service/events.h"
#include "engine/service/job.h"
#include "engine/service/loop.h"
#include "engine/service/nursery.h"
#include "engine/service/waiting_line.h"

#include <memory>
#include <string>
#include <vector>

namespace postern::engine::service {

class Pool {
public:
    struct Options {
        std::vector<std::string> nursery;  // the command that becomes one
        WaitingLine::Capacity capacity;
        unsigned small_threads = 1;  // that a worker has for small messages
        // Without an answer for so long, a worker hangs. 0: three times what the policy allows, and
        // 5 s.
        std::chrono::milliseconds hang_time{0};
    };
    struct Listener {
        // There never was a set, and will not be.
        std::function<void(const std::string&)> cannot_start;
        std::function<void()> changed;  // levels, or readiness
    };
    static constexpr std::size_t most_solos = 4;  // that have suspects
    static constexpr std::size_t most_busy = 3;   // that only answer what they are at
    static constexpr std::size_t most_workers = 2 + most_solos + most_busy;

    Pool(Loop& loop, Options options, Events& events, Listener listener);
    ~Pool();

    void submit(JobPointer job);
    // Loads everything anew beside what is in force.
    void reload();

    // A set is in force and a worker takes messages.
    bool ready() const;
    // Of the set in force; null before there is one.
    const LoadedFacts* facts() const;
    std::size_t waiting() const;
    std::size_t running() const;
    // Of those waiting and running, the first few, for STATS: seconds since they came, and their
    // names.
    std::vector<std::pair<double, std::string>> first_jobs(std::size_t most) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::engine::service
