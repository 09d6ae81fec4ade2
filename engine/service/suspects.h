// SPDX-License-Identifier: Apache-2.0
// Suspects: messages whose worker ended, to be scanned again, each alone.
//
// Most are innocent, and are answered in no time. What is not goes behind all others (slow), and
// never has all places at once: what was not answered in its worker's time, and what keeps others
// waiting here. Among the rest the youngest goes first, since what was under way the longest is the
// likeliest culprit. Pure: no clock, no socket.
#pragma once

#include "engine/service/job.h"

#include <deque>
#include <vector>

namespace postern::engine::service {

class Suspects {
public:
    // At most so many are out at once. REQUIRES: 2 or more.
    explicit Suspects(std::size_t places) : places_(places) {}

    // Those of one worker.
    void put(std::vector<JobPointer> jobs);
    // Null: none may go now.
    JobPointer take();
    // One that was taken is answered, or its worker ended.
    void give_back(const Job& job);
    // One that was taken is taken away from its worker, since others wait.
    void put_off(JobPointer job);

    // Places that are taken, or could be.
    std::size_t wanted_places() const;
    bool quick_ones_wait() const { return !quick_.empty(); }
    std::size_t waiting() const { return quick_.size() + slow_.size(); }

private:
    bool slow_may_go() const { return slow_out_ + 1 < places_; }

    std::size_t places_;
    std::deque<JobPointer> quick_;
    std::deque<JobPointer> slow_;
    std::size_t out_ = 0;
    std::size_t slow_out_ = 0;
};

}  // namespace postern::engine::service
