// SPDX-License-Identifier: Apache-2.0
// Which of the messages whose worker ended is scanned again next.
#include "engine/service/suspects.h"

#include <gtest/gtest.h>

namespace postern::engine::service {
namespace {

using std::chrono::seconds;

// `since`: seconds after the beginning at which its worker got it.
JobPointer job(const std::string& name, int since, bool slow = false) {
    auto one = std::make_shared<Job>();
    one->id = name;
    one->dispatched = Clock::time_point(seconds(since));
    one->slow = slow;
    return one;
}

std::string next(Suspects& suspects) {
    const JobPointer one = suspects.take();
    return one ? one->id : "none";
}

TEST(Suspects, TheYoungestGoesFirstAndWhatWasNotAnsweredInTimeLast) {
    Suspects suspects(4);
    suspects.put({job("old", 1), job("hangs", 0, true), job("young", 3)});
    EXPECT_EQ(suspects.waiting(), 3u);
    EXPECT_EQ(next(suspects), "young");
    EXPECT_EQ(next(suspects), "old");
    EXPECT_EQ(next(suspects), "hangs");
    EXPECT_EQ(next(suspects), "none");
}

TEST(Suspects, NoMoreAreOutThanThereArePlaces) {
    Suspects suspects(2);
    const JobPointer first = job("a", 3);
    suspects.put({first, job("b", 2), job("c", 1)});
    EXPECT_EQ(suspects.wanted_places(), 2u);
    EXPECT_EQ(next(suspects), "a");
    EXPECT_EQ(next(suspects), "b");
    EXPECT_EQ(next(suspects), "none");
    suspects.give_back(*first);
    EXPECT_EQ(next(suspects), "c");
    EXPECT_EQ(suspects.wanted_places(), 2u);
}

TEST(Suspects, SlowOnesLeaveAPlaceForOthers) {
    Suspects suspects(3);
    suspects.put({job("s1", 1, true), job("s2", 2, true), job("s3", 3, true)});
    EXPECT_EQ(suspects.wanted_places(), 2u);
    EXPECT_EQ(next(suspects), "s3");
    EXPECT_EQ(next(suspects), "s2");
    EXPECT_EQ(next(suspects), "none");
    suspects.put({job("quick", 0)});
    EXPECT_EQ(suspects.wanted_places(), 3u);
    EXPECT_EQ(next(suspects), "quick");
}

TEST(Suspects, OneThatKeepsOthersWaitingIsPutBehindThem) {
    Suspects suspects(2);
    suspects.put({job("first", 3), job("second", 2), job("third", 1)});
    const JobPointer first = suspects.take();
    suspects.take();
    EXPECT_TRUE(suspects.quick_ones_wait());
    suspects.put_off(first);
    EXPECT_TRUE(first->slow);
    EXPECT_EQ(next(suspects), "third");
    EXPECT_FALSE(suspects.quick_ones_wait());
    EXPECT_EQ(suspects.waiting(), 1u);
}

TEST(Suspects, PlacesAreCountedRightWhateverBecomesOfThem) {
    Suspects suspects(4);
    for (int round = 0; round < 100; ++round) {
        suspects.put({job("a", round), job("b", round + 1, round % 2 == 0)});
        while (const JobPointer one = suspects.take()) {
            if (!one->slow && round % 3 == 0)
                suspects.put_off(one);
            else
                suspects.give_back(*one);
        }
    }
    EXPECT_EQ(suspects.waiting(), 0u);
    EXPECT_EQ(suspects.wanted_places(), 0u);
}

}  // namespace
}  // namespace postern::engine::service
