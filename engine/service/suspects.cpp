// SPDX-License-Identifier: Apache-2.0
#include "engine/service/suspects.h"

#include <algorithm>

namespace postern::engine::service {

void Suspects::put(std::vector<JobPointer> jobs) {
    std::sort(jobs.begin(), jobs.end(), [](const JobPointer& a, const JobPointer& b) {
        return a->dispatched > b->dispatched;
    });
    for (JobPointer& job : jobs) (job->slow ? slow_ : quick_).push_back(std::move(job));
}

JobPointer Suspects::take() {
    if (out_ == places_) return nullptr;
    std::deque<JobPointer>& from = quick_.empty() ? slow_ : quick_;
    if (from.empty() || (&from == &slow_ && !slow_may_go())) return nullptr;
    JobPointer job = std::move(from.front());
    from.pop_front();
    ++out_;
    if (job->slow) ++slow_out_;
    return job;
}

void Suspects::give_back(const Job& job) {
    --out_;
    if (job.slow) --slow_out_;
}

void Suspects::put_off(JobPointer job) {
    give_back(*job);
    job->slow = true;
    slow_.push_back(std::move(job));
}

std::size_t Suspects::wanted_places() const {
    const std::size_t slow = slow_out_ + std::min(slow_.size(), places_ - 1 - slow_out_);
    return std::min(places_, out_ - slow_out_ + quick_.size() + slow);
}

}  // namespace postern::engine::service
