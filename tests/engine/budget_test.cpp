// SPDX-License-Identifier: Apache-2.0
#include "engine/budget.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace postern::engine {
namespace {

Limits small() {
    Limits limits;
    limits.produced_bytes = 1000;
    limits.member_bytes = 300;
    limits.ratio = 10;
    limits.ratio_from_bytes = 500;
    limits.entries = 3;
    limits.entities = 5;
    limits.depth = 2;
    limits.dictionary_bytes = 64;
    return limits;
}

TEST(Budget, GrantsUpToTheLimitAndNotOneOctetMore) {
    Budget budget(small(), 1'000'000);
    EXPECT_FALSE(budget.produce(999));
    EXPECT_EQ(budget.remaining(), 1U);
    EXPECT_FALSE(budget.produce(1));
    EXPECT_EQ(budget.produce(1), Limit::produced_bytes);
    EXPECT_EQ(budget.produced(), 1000U);
}

TEST(Budget, StaysRefusedAfterGivingBack) {
    Budget budget(small(), 1'000'000);
    EXPECT_FALSE(budget.produce(900));
    EXPECT_EQ(budget.produce(200), Limit::produced_bytes);
    budget.give_back(900);
    EXPECT_EQ(budget.produced(), 0U);
    EXPECT_EQ(budget.produce(1), Limit::produced_bytes);
    EXPECT_EQ(budget.remaining(), 0U);
}

TEST(Budget, WhatWasGivenBackCanBeProducedAgain) {
    Budget budget(small(), 1'000'000);
    EXPECT_FALSE(budget.produce(1000));
    budget.give_back(400);
    EXPECT_FALSE(budget.produce(400));
}

TEST(Budget, LooksAtTheRatioOnlyAboveItsFloor) {
    Budget small_message(small(), 10);  // ratio 10 would allow 100, the floor allows 500
    EXPECT_FALSE(small_message.produce(500));
    EXPECT_EQ(small_message.produce(1), Limit::ratio);
    Budget larger(small(), 70);
    EXPECT_FALSE(larger.produce(700));
    EXPECT_EQ(larger.produce(1), Limit::ratio);
    Budget empty(small(), 0);
    EXPECT_FALSE(empty.produce(500));
}

TEST(Budget, RefusesALargeMemberButNotTheNextOne) {
    Budget budget(small(), 1'000'000);
    EXPECT_FALSE(budget.produce_member(300, 0));
    EXPECT_EQ(budget.produce_member(1, 300), Limit::member_bytes);
    EXPECT_EQ(budget.produced(), 300U);
    EXPECT_FALSE(budget.produce_member(300, 0));
}

TEST(Budget, SurvivesEveryNumber) {
    Budget budget(small(), ~std::uint64_t{0});
    EXPECT_EQ(budget.produce(~std::uint64_t{0}), Limit::produced_bytes);
    EXPECT_EQ(budget.produce_member(~std::uint64_t{0}, ~std::uint64_t{0}), Limit::member_bytes);
    Limits unlimited = small();
    unlimited.produced_bytes = ~std::uint64_t{0};
    unlimited.ratio = ~std::uint64_t{0};
    Budget endless(unlimited, 1000);
    EXPECT_FALSE(endless.produce(~std::uint64_t{0} - 1));
    EXPECT_EQ(endless.produce(5), Limit::produced_bytes);
}

TEST(Budget, CountsMembersAndEntities) {
    Budget budget(small(), 1);
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(budget.entry());
    EXPECT_EQ(budget.entry(), Limit::entries);
    EXPECT_EQ(budget.entry(), Limit::entries);
    EXPECT_FALSE(budget.entities(3));
    EXPECT_EQ(budget.remaining_entities(), 2U);
    EXPECT_FALSE(budget.entities(2));
    EXPECT_EQ(budget.remaining_entities(), 0U);
    EXPECT_EQ(budget.entities(1), Limit::entities);
    EXPECT_EQ(budget.entities(0), Limit::entities);
}

TEST(Budget, DepthAndDictionaryDependOnTheQuestionAlone) {
    const Budget budget(small(), 1);
    EXPECT_FALSE(budget.enter(0));
    EXPECT_FALSE(budget.enter(1));
    EXPECT_EQ(budget.enter(2), Limit::depth);
    EXPECT_FALSE(budget.dictionary(64));
    EXPECT_EQ(budget.dictionary(65), Limit::dictionary);
}

TEST(Budget, TimeRunsOutAndStaysOut) {
    Limits limits = small();
    limits.time = std::chrono::milliseconds(1);
    const Budget budget(limits, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(budget.out_of_time(), Limit::time);
    EXPECT_FALSE(Budget(small(), 1).out_of_time());
}

TEST(Budget, ManyThreadsNeverGetMoreThanThereIs) {
    Limits limits = small();
    limits.produced_bytes = 100'000;
    limits.entries = 5000;
    Budget budget(limits, 1'000'000);
    std::atomic<std::uint64_t> granted{0}, entries{0};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) {
                if (!budget.produce(7)) granted += 7;
                if (!budget.entry()) ++entries;
            }
        });
    threads.clear();
    EXPECT_EQ(granted, budget.produced());
    EXPECT_LE(granted, 100'000U);
    EXPECT_GT(granted, 100'000U - 7 * 5);
    EXPECT_EQ(entries, 5000U);
}

TEST(Budget, EveryLimitHasACodeAndASentence) {
    std::set<std::string> codes, sentences;
    for (std::size_t i = 0; i < limit_count; ++i) {
        codes.emplace(code_of(static_cast<Limit>(i)));
        sentences.insert(sentence_of(static_cast<Limit>(i), Limits{}));
    }
    EXPECT_EQ(codes.size(), limit_count);
    EXPECT_EQ(sentences.size(), limit_count);
    EXPECT_EQ(code_of(Limit::produced_bytes), "produced-bytes");
    EXPECT_EQ(sentence_of(Limit::produced_bytes, Limits{}),
              "more than 400000000 octets came out of decoding and unpacking");
}

}  // namespace
}  // namespace postern::engine
