// SPDX-License-Identifier: Apache-2.0
// Family: a nursery and the workers that it forked: one set, as long as anybody needs it.
//
// It knows what its workers are (WorkerState) and nothing of why: that is the pool's to decide.
#pragma once

#include "engine/service/nursery_link.h"
#include "engine/service/worker_link.h"

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace postern::engine::service {

class Family;

// Called by the loop. None may destroy the family that calls: Loop::post() does.
struct FamilyListener {
    std::function<void(Family&)> loaded;
    std::function<void(Family&, const std::string& why)> failed;  // it could not be loaded
    std::function<void(Family&)> closed;                          // the nursery is gone
    std::function<void(Family&, WorkerLink&)> worker_ready;
    // No answer: it says what no worker of ours would.
    std::function<void(Family&, WorkerLink&, const JobPointer&, std::optional<Answer>)> answered;
    // Its sockets are closed; why is told by worker_ended, soon.
    std::function<void(Family&, WorkerLink&)> worker_lost;
    // As waitpid() tells it; -1: it never was.
    std::function<void(Family&, std::unique_ptr<WorkerLink>, int status)> worker_ended;
};

class Family {
public:
    // Starts the nursery. Throws std::system_error. REQUIRES: the listener outlives it.
    Family(Loop& loop, const std::vector<std::string>& command, const FamilyListener& listener);

    bool loaded() const { return loaded_; }
    const LoadedFacts& facts() const { return nursery_->facts(); }

    // One more worker, in WorkerState::starting.
    void fork();
    // By force, now.
    void end(WorkerLink& worker);
    // Given nothing more; leaves when it has answered what it has.
    void retire(WorkerLink& worker);
    void retire_all();
    // The nursery is gone, and nothing is heard of its workers any more: all have ended.
    void bury_all();

    // Null: there is none.
    WorkerLink* in(WorkerState state) const;
    std::size_t count(std::initializer_list<WorkerState> states) const;
    std::vector<WorkerLink*> workers() const;
    bool empty() const { return workers_.empty(); }

private:
    WorkerLink& worker(std::uint64_t id) { return *workers_.at(id); }
    void ended(std::uint64_t id, int status);

    Loop& loop_;
    const FamilyListener& listener_;
    bool loaded_ = false;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::unique_ptr<WorkerLink>> workers_;
    std::unique_ptr<NurseryLink> nursery_;
};

}  // namespace postern::engine::service
