// SPDX-License-Identifier: Apache-2.0
// WaitingLine: which job is next. Pure: no clock, no socket.
//
// Two lanes. Small jobs go in the order in which they came, past every large one. Large ones go in
// theirs, as long as what is scanned at once stays within the budget; one alone always goes.
//
// Invariants
//  (1) As long as jobs that are out are given back, every job that was put in comes out.
//  (2) The sum of charges of the large jobs out is within the budget, or there is one of them.
#pragma once

#include "engine/service/job.h"

#include <deque>

namespace postern::engine::service {

class WaitingLine {
public:
    struct Capacity {
        std::size_t small = 1;  // jobs out at once
        std::size_t large = 1;
        std::uint64_t budget = 0;  // octets, by charge_of()
    };
    explicit WaitingLine(const Capacity& capacity) : capacity_(capacity) {}

    // A scan holds the message, what is decoded of it, and what its archives give.
    static std::uint64_t charge_of(const Job& job) { return 4 * job.size; }
    static Lane lane_of(const Job& job);

    void put(JobPointer job);
    // Goes before all others: it was out already, and has waited enough.
    void put_back(JobPointer job);
    // Null: none may go now.
    JobPointer take(Lane lane);
    // This one goes out without having waited.
    void lend(Job& job);
    // A job that was taken or lent is answered, or takes no other one's place any more. Again: as
    // if it were once.
    void give_back(Job& job);
    std::size_t waiting() const { return small_.size() + large_.size(); }
    const std::deque<JobPointer>& line(Lane lane) const {
        return lane == Lane::small ? small_ : large_;
    }

private:
    bool may_go(const Job& job) const;

    Capacity capacity_;
    std::deque<JobPointer> small_;
    std::deque<JobPointer> large_;
    std::size_t small_out_ = 0;
    std::size_t large_out_ = 0;
    std::uint64_t charged_ = 0;
};

}  // namespace postern::engine::service
