// SPDX-License-Identifier: Apache-2.0
#include "engine/service/family.h"

#include <algorithm>
#include <csignal>

namespace postern::engine::service {

Family::Family(Loop& loop, const std::vector<std::string>& command, const FamilyListener& listener)
    : loop_(loop), listener_(listener) {
    NurseryLink::Listener to{
        [this](const LoadedFacts&) {
            loaded_ = true;
            listener_.loaded(*this);
        },
        [this](const std::string& why) { listener_.failed(*this, why); },
        [this](std::uint64_t id, int process) {
            if (const auto at = workers_.find(id); at != workers_.end())
                at->second->process = process;
        },
        [this](std::uint64_t id, int status) { ended(id, status); },
        [this] { listener_.closed(*this); },
    };
    nursery_ = std::make_unique<NurseryLink>(loop, command, std::move(to));
}

void Family::fork() {
    const std::uint64_t id = ++last_id_;
    auto link = std::make_unique<WorkerLink>(
        loop_, id,
        WorkerLink::Listener{
            [this, id] { listener_.worker_ready(*this, worker(id)); },
            [this, id](const JobPointer& job, std::optional<Answer> answer) {
                listener_.answered(*this, worker(id), job, std::move(answer));
            },
            [this, id] { listener_.worker_lost(*this, worker(id)); },
        });
    Packet ends = link->take_worker_ends();
    workers_[id] = std::move(link);
    if (!nursery_->fork_worker(id, std::move(ends))) loop_.post([this, id] { ended(id, -1); });
}

void Family::end(WorkerLink& worker) {
    nursery_->end_worker(worker.id());
}

// One with nothing to answer is not asked to leave: it may still be at what was taken from it.
void Family::retire(WorkerLink& worker) {
    worker.state = WorkerState::draining;
    if (worker.in_flight() == 0) end(worker);
}

void Family::retire_all() {
    for (const auto& [id, worker] : workers_) {
        if (worker->state != WorkerState::lost) retire(*worker);
    }
}

void Family::bury_all() {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, worker] : workers_) ids.push_back(id);
    for (const std::uint64_t id : ids) ended(id, SIGKILL);
}

WorkerLink* Family::in(WorkerState state) const {
    for (const auto& [id, worker] : workers_) {
        if (worker->state == state) return worker.get();
    }
    return nullptr;
}

std::size_t Family::count(std::initializer_list<WorkerState> states) const {
    return static_cast<std::size_t>(
        std::count_if(workers_.begin(), workers_.end(), [&](const auto& one) {
            return std::find(states.begin(), states.end(), one.second->state) != states.end();
        }));
}

std::vector<WorkerLink*> Family::workers() const {
    std::vector<WorkerLink*> all;
    for (const auto& [id, worker] : workers_) all.push_back(worker.get());
    return all;
}

void Family::ended(std::uint64_t id, int status) {
    const auto at = workers_.find(id);
    if (at == workers_.end()) return;
    std::unique_ptr<WorkerLink> worker = std::move(at->second);
    workers_.erase(at);
    listener_.worker_ended(*this, std::move(worker), status);
}

}  // namespace postern::engine::service
