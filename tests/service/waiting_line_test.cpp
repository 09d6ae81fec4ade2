// SPDX-License-Identifier: Apache-2.0
// Which job is next, and that the budget of large ones holds.
#include "engine/service/waiting_line.h"

#include "engine/service/judge.h"

#include <gtest/gtest.h>

#include <random>

namespace postern::engine::service {
namespace {

JobPointer job(std::uint64_t size) {
    auto one = std::make_shared<Job>();
    one->size = size;
    return one;
}

TEST(WaitingLine, LanesAreToldBySize) {
    EXPECT_EQ(WaitingLine::lane_of(*job(0)), Lane::small);
    EXPECT_EQ(WaitingLine::lane_of(*job(large_from - 1)), Lane::small);
    EXPECT_EQ(WaitingLine::lane_of(*job(large_from)), Lane::large);
}

TEST(WaitingLine, SmallOnesPassLargeOnes) {
    WaitingLine line({1, 1, 100 * large_from});
    for (int i = 0; i < 20; ++i) line.put(job(large_from));
    line.put(job(7));
    EXPECT_TRUE(line.take(Lane::large));
    EXPECT_FALSE(line.take(Lane::large));
    const JobPointer small = line.take(Lane::small);
    ASSERT_TRUE(small);
    EXPECT_EQ(small->size, 7u);
    EXPECT_EQ(line.waiting(), 19u);
}

TEST(WaitingLine, LargeOnesStayWithinTheBudgetButOneAlwaysGoes) {
    const std::uint64_t size = 10 * large_from;
    WaitingLine line({1, 8, 2 * 4 * size});
    line.put(job(100 * size));  // more than the budget
    for (int i = 0; i < 3; ++i) line.put(job(size));
    const JobPointer giant = line.take(Lane::large);
    ASSERT_TRUE(giant);
    EXPECT_FALSE(line.take(Lane::large));
    line.give_back(*giant);
    const JobPointer first = line.take(Lane::large);
    EXPECT_TRUE(first);
    EXPECT_TRUE(line.take(Lane::large));
    EXPECT_FALSE(line.take(Lane::large));
    line.give_back(*first);
    EXPECT_TRUE(line.take(Lane::large));
}

TEST(WaitingLine, WhatIsPutBackGoesFirst) {
    WaitingLine line({2, 1, 0});
    line.put(job(1));
    line.put(job(2));
    line.put(job(3));
    const JobPointer first = line.take(Lane::small);
    const JobPointer second = line.take(Lane::small);
    line.put_back(second);
    line.put_back(first);
    EXPECT_EQ(line.take(Lane::small)->size, 1u);
    EXPECT_EQ(line.take(Lane::small)->size, 2u);
    EXPECT_FALSE(line.take(Lane::small));
}

TEST(WaitingLine, GivingBackTwiceIsGivingBackOnce) {
    WaitingLine line({1, 1, 0});
    line.put(job(1));
    line.put(job(2));
    line.put(job(3));
    const JobPointer first = line.take(Lane::small);
    line.give_back(*first);
    line.give_back(*first);
    EXPECT_TRUE(line.take(Lane::small));
    EXPECT_FALSE(line.take(Lane::small));
}

// Invariants (1) and (2), over what may happen in any order.
TEST(WaitingLine, EveryJobComesOutAndTheBudgetHolds) {
    std::mt19937_64 random(5);
    const WaitingLine::Capacity capacity{3, 4, 40 * large_from};
    WaitingLine line(capacity);
    std::vector<JobPointer> out;
    std::size_t in = 0, done = 0;
    const auto finish_one = [&] {
        if (out.empty()) return;
        std::swap(out[random() % out.size()], out.back());
        line.give_back(*out.back());
        out.pop_back();
        ++done;
    };
    const auto take_all = [&] {
        for (const Lane lane : {Lane::small, Lane::large}) {
            while (const JobPointer one = line.take(lane)) out.push_back(one);
        }
        std::uint64_t charged = 0;
        std::size_t large = 0, small = 0;
        for (const JobPointer& one : out) {
            const bool is_large = WaitingLine::lane_of(*one) == Lane::large;
            (is_large ? large : small) += 1;
            if (is_large) charged += WaitingLine::charge_of(*one);
        }
        EXPECT_LE(small, capacity.small);
        EXPECT_LE(large, capacity.large);
        EXPECT_TRUE(charged <= capacity.budget || large == 1);
    };
    for (int i = 0; i < 5000; ++i) {
        if (random() % 2 == 0) {
            line.put(job(random() % (20 * large_from)));
            ++in;
        } else {
            finish_one();
        }
        take_all();
    }
    while (done < in && !out.empty()) {
        finish_one();
        take_all();
    }
    EXPECT_EQ(done, in);
    EXPECT_EQ(line.waiting(), 0u);
}

}  // namespace
}  // namespace postern::engine::service
