// SPDX-License-Identifier: Apache-2.0
// WorkerLink: the supervisor's end of one worker: what it was given and what it says.
#pragma once

#include "engine/service/job.h"
#include "engine/service/loop.h"
#include "engine/service/packet.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace postern::engine::service {

enum class WorkerState : std::uint8_t {
    starting,
    standby,   // ready, and given nothing
    active,    // given what comes
    solo,      // given one at a time what may have ended another worker
    draining,  // given nothing more
    lost,      // it closed its sockets, or has to go: only its end is awaited
};

class WorkerLink {
public:
    struct Listener {
        std::function<void()> ready;
        std::function<void(const JobPointer&, std::optional<Answer>)>
            answered;  // no answer: nonsense
        std::function<void()> closed;
    };

    WorkerLink(Loop& loop, std::uint64_t id, Listener listener);

    std::uint64_t id() const { return id_; }
    Clock::time_point began() const { return began_; }
    // The worker's ends, to be sent to it and closed here.
    Packet take_worker_ends();

    // False: it cannot be reached any more. The job is in flight then all the same.
    bool send(const JobPointer& job);
    std::size_t in_flight() const { return in_flight_.size(); }
    std::size_t small_in_flight() const { return small_in_flight_; }
    std::uint64_t small_answered() const { return small_answered_; }
    std::vector<JobPointer> jobs() const;
    // What is taken is in flight no more; what the worker may say of it yet is not heard.
    std::vector<JobPointer> take_in_flight();
    // Those small ones that none of its `threads` has begun with, since each has an older one to
    // answer.
    std::vector<JobPointer> take_untaken(std::size_t threads);
    std::size_t overdue(
        Clock::time_point now) const;  // jobs in flight without an answer in their time
    WorkerState state = WorkerState::starting;
    bool hung = false;
    Clock::time_point patience_ends{};  // of one that hangs
    int process = 0;

private:
    struct InFlight {
        JobPointer job;
        std::string pieces;
    };
    void listen(Watch& watch, int socket);
    // False: nothing more is to be read.
    bool take(const Packet& packet);

    std::uint64_t id_;
    Clock::time_point began_ = Clock::now();
    Listener listener_;
    Descriptor small_, large_;
    Descriptor small_of_worker_, large_of_worker_;
    std::unique_ptr<Watch> small_watch_, large_watch_;
    std::map<std::uint64_t, InFlight> in_flight_;  // by ticket, and so in the order of sending
    std::set<std::uint64_t> not_heard_;
    std::size_t small_in_flight_ = 0;
    std::uint64_t small_answered_ = 0;
};

}  // namespace postern::engine::service
