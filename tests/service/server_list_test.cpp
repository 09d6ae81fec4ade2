// SPDX-License-Identifier: Apache-2.0
// Addresses as people write them, and which service gets the next message, by a clock of the test's
// own.
#include "engine/service/client/server_list.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <map>

namespace postern::engine::service::client {
namespace {

using namespace std::chrono_literals;

std::string refusal(std::string_view list) {
    try {
        parse_server_addresses(list);
    } catch (const AddressError& error) {
        return error.what();
    }
    return "";
}

TEST(ServerAddress, EveryFormIsRead) {
    const auto addresses = parse_server_addresses(
        "unix:/run/a.sock, /run/b.sock,scan1:3310,[::1]:1,192.0.2.7:65535,scan1:3310");
    ASSERT_EQ(addresses.size(), 5u);
    EXPECT_EQ(addresses[0].text(), "unix:/run/a.sock");
    EXPECT_EQ(addresses[1].text(), "unix:/run/b.sock");
    EXPECT_EQ(addresses[2].text(), "scan1:3310");
    EXPECT_EQ(addresses[3].text(), "[::1]:1");
    EXPECT_EQ(addresses[3].host, "::1");
    EXPECT_EQ(addresses[4].port, "65535");
}

TEST(ServerAddress, WhatIsNoneIsToldWithHowToWriteIt) {
    for (const char* text :
         {"", "scan1", "scan1:", "scan1:0", "scan1:65536", "scan1:33x", ":3310", "::1:3310",
          "[::1:3310", "unix:relative", "unix:", "a,,b:1", "a b:1", "a/b:1"}) {
        EXPECT_NE(refusal(text).find("HOST:PORT"), std::string::npos)
            << text << ": " << refusal(text);
    }
    EXPECT_NE(refusal("unix:/" + std::string(120, 'x')).find("107"), std::string::npos);
}

class Choosing : public testing::Test {
protected:
    std::size_t choose(ServerList& list, std::uint64_t octets = 1000) {
        const auto choice = list.choose(octets, {}, now);
        choices[choice->server].push_back(*choice);
        return choice->server;
    }
    void answer(ServerList& list, std::size_t server) {
        list.answered(choices[server].back());
        choices[server].pop_back();
    }
    void fail(ServerList& list, std::size_t server) {
        list.failed(choices[server].back(), now);
        choices[server].pop_back();
    }

    ServerList::Clock::time_point now{1h};
    std::map<std::size_t, std::vector<ServerList::Choice>> choices;
};

TEST_F(Choosing, TheLocalOneIsPreferredUntilItHasTooMuch) {
    ServerList list(parse_server_addresses("scan1:1,unix:/local,scan2:1"), {.lead = 100'000});
    for (int i = 0; i < 5; ++i) EXPECT_EQ(choose(list), 1u);
    EXPECT_EQ(choose(list, 1'000'000), 1u);
    EXPECT_NE(choose(list), 1u);
}

TEST_F(Choosing, LoadIsSpreadByOctets) {
    ServerList list(parse_server_addresses("scan1:1,scan2:1,scan3:1"));
    const std::size_t busy = choose(list, 10'000'000);
    std::map<std::size_t, int> count;
    for (int i = 0; i < 40; ++i) ++count[choose(list, 1000)];
    EXPECT_EQ(count[busy], 0);
    EXPECT_EQ(count.size(), 3u) << "the busy one was asked for, the two others take turns";
    for (const auto& [server, times] : count)
        EXPECT_TRUE(server == busy || times == 20) << server << ": " << times;
}

TEST_F(Choosing, OneAfterAnotherGoesRound) {
    ServerList list(parse_server_addresses("scan1:1,scan2:1"));
    std::map<std::size_t, int> count;
    for (int i = 0; i < 10; ++i) {
        const std::size_t server = choose(list);
        ++count[server];
        answer(list, server);
    }
    EXPECT_EQ(count[0], 5);
    EXPECT_EQ(count[1], 5);
}

TEST_F(Choosing, ADeadOneIsLeftOutAskedAndTakenBack) {
    ServerList list(parse_server_addresses("unix:/local,scan2:1"),
                    {.first_pause = 100ms, .longest_pause = 300ms});
    EXPECT_EQ(choose(list), 0u);
    fail(list, 0);
    EXPECT_FALSE(list.is_alive(0));
    EXPECT_EQ(choose(list), 1u);
    now += 99ms;
    EXPECT_EQ(choose(list), 1u);
    now += 2ms;
    ASSERT_EQ(choose(list), 0u);
    EXPECT_TRUE(choices[0].back().ask_first);
    EXPECT_EQ(choose(list), 1u) << "one message asks, the others do not wait for what it learns";
    fail(list, 0);
    now += 150ms;
    EXPECT_EQ(choose(list), 1u) << "the pause has doubled";
    now += 51ms;
    ASSERT_EQ(choose(list), 0u);
    answer(list, 0);
    EXPECT_TRUE(list.is_alive(0));
    EXPECT_EQ(choose(list), 0u);
    EXPECT_FALSE(choices[0].back().ask_first);
}

TEST_F(Choosing, ManyFailuresAtOnceAreOne) {
    ServerList list(parse_server_addresses("unix:/local,scan2:1"),
                    {.first_pause = 100ms, .longest_pause = 10s});
    for (int i = 0; i < 50; ++i) ASSERT_EQ(choose(list), 0u);
    for (int i = 0; i < 50; ++i) fail(list, 0);
    now += 101ms;
    EXPECT_EQ(choose(list), 0u);
}

TEST_F(Choosing, PausesDoNotGrowWithoutEnd) {
    ServerList list(parse_server_addresses("scan1:1,scan2:1"),
                    {.first_pause = 100ms, .longest_pause = 2s});
    for (int i = 0; i < 100; ++i) {
        const auto choice = list.choose(1, {1}, now);
        ASSERT_TRUE(choice);
        list.failed(*choice, now);
        now += 2s;
    }
    EXPECT_EQ(list.choose(1, {}, now)->server, 0u) << "due after the longest pause";
}

TEST_F(Choosing, AMessageNeverMeetsTheSameServiceTwiceAndTriesAll) {
    ServerList list(parse_server_addresses("a:1,b:1,c:1"));
    std::vector<std::size_t> tried;
    while (const auto choice = list.choose(1, tried, now)) {
        EXPECT_EQ(std::count(tried.begin(), tried.end(), choice->server), 0);
        tried.push_back(choice->server);
        list.failed(*choice, now);
    }
    EXPECT_EQ(tried.size(), 3u);
    EXPECT_TRUE(list.choose(1, {}, now)) << "all are dead, and yet there is one to try";
}

}  // namespace
}  // namespace postern::engine::service::client
