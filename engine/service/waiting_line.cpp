// SPDX-License-Identifier: Apache-2.0
#include "engine/service/waiting_line.h"

#include "engine/service/judge.h"

#include <utility>

namespace postern::engine::service {

Lane WaitingLine::lane_of(const Job& job) {
    return job.size < large_from ? Lane::small : Lane::large;
}

void WaitingLine::put(JobPointer job) {
    (lane_of(*job) == Lane::small ? small_ : large_).push_back(std::move(job));
}

void WaitingLine::put_back(JobPointer job) {
    give_back(*job);
    (lane_of(*job) == Lane::small ? small_ : large_).push_front(std::move(job));
}

JobPointer WaitingLine::take(Lane lane) {
    std::deque<JobPointer>& line = lane == Lane::small ? small_ : large_;
    if (line.empty() || !may_go(*line.front())) return nullptr;
    JobPointer job = std::move(line.front());
    line.pop_front();
    lend(*job);
    return job;
}

bool WaitingLine::may_go(const Job& job) const {
    if (lane_of(job) == Lane::small) return small_out_ < capacity_.small;
    if (large_out_ == 0) return true;
    return large_out_ < capacity_.large && charged_ + charge_of(job) <= capacity_.budget;
}

void WaitingLine::lend(Job& job) {
    job.out = true;
    if (lane_of(job) == Lane::small) {
        ++small_out_;
        return;
    }
    ++large_out_;
    charged_ += charge_of(job);
}

void WaitingLine::give_back(Job& job) {
    if (!std::exchange(job.out, false)) return;
    if (lane_of(job) == Lane::small) {
        --small_out_;
        return;
    }
    --large_out_;
    charged_ -= charge_of(job);
}

}  // namespace postern::engine::service
