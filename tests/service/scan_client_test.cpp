// SPDX-License-Identifier: Apache-2.0
// Both clients against services that misbehave: whatever one of them does, the next gets the
// message, and what nobody answered is never accepted. tests/end_to_end has them against the real
// one.
#include "engine/service/client/scan_client.h"
#include "engine/service/client/async_scan_client.h"
#include "tests/service/misbehaving_service.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

namespace postern::engine::service::client {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

// An address where nobody listens.
std::string nobody() {
    const tests::TemporaryFolder folder;
    return "unix:" + (folder.path() / "none").string();
}

constexpr ClientTimeouts short_times{5s, 300ms, 30s};

ScanOutcome scan_async(AsyncScanClient& client, const ScanRequest& request,
                       std::stop_token stop = {}) {
    boost::asio::io_context context;
    ScanOutcome outcome;
    // A lambda's captures end before its coroutine does; parameters live with it.
    const auto run = [](AsyncScanClient& c, ScanRequest r, std::stop_token s,
                        ScanOutcome& o) -> boost::asio::awaitable<void> {
        o = co_await c.scan(r, s);
    };
    boost::asio::co_spawn(context, run(client, request, stop, outcome), boost::asio::detached);
    context.run();
    return outcome;
}

// Each test with both clients.
class Clients : public testing::TestWithParam<bool> {
protected:
    ScanOutcome scan(const std::string& addresses, const ScanRequest& request,
                     ClientTimeouts timeouts = {}) {
        if (GetParam()) {
            AsyncScanClient client(parse_server_addresses(addresses), timeouts);
            return scan_async(client, request);
        }
        return ScanClient(parse_server_addresses(addresses), timeouts).scan(request);
    }
    ScanRequest request() const {
        ScanRequest request;
        request.octets = std::as_bytes(std::span(message));
        request.name = "m.eml";
        return request;
    }

    std::string message = "From: a@example.org\r\n\r\nGood day.\r\n";
};

INSTANTIATE_TEST_SUITE_P(Both, Clients, testing::Bool(),
                         [](const auto& which) { return which.param ? "Async" : "Blocking"; });

TEST_P(Clients, TheLocalServiceGetsTheDescriptorAndOthersTheOctets) {
    const tests::TemporaryFolder folder;
    const int file = ::open(folder.write("m.eml", message).c_str(), O_RDONLY | O_CLOEXEC);
    for (const bool is_local : {true, false}) {
        Received received;
        Service service(is_local, [&](Peer& peer) {
            received = peer.receive();
            peer.say(answer("reject", received.message.size()));
        });
        ScanRequest by_descriptor = request();
        by_descriptor.octets = {};
        by_descriptor.descriptor = file;
        const ScanOutcome outcome = scan(service.text, by_descriptor);
        ASSERT_TRUE(outcome.answered()) << outcome.failure;
        EXPECT_EQ(outcome.report.decision.action, Action::reject);
        EXPECT_EQ(outcome.server, service.text);
        EXPECT_EQ(received.by_descriptor, is_local);
        EXPECT_EQ(received.message, message);
    }
    ::close(file);
}

TEST_P(Clients, WhateverAServiceDoesTheNextOneGetsTheMessage) {
    const std::pair<const char*, Service::Manner> manners[] = {
        {"closes at once", [](Peer&) {}},
        {"resets", [](Peer& peer) { peer.reset(); }},
        {"resets after all was sent", [](Peer& peer) { peer.receive(), peer.reset(); }},
        {"closes without an answer", [](Peer& peer) { peer.receive(); }},
        {"breaks off its answer",
         [](Peer& peer) { peer.receive(), peer.say(answer("accept", 34).substr(0, 60)); }},
        {"forgets the NUL",
         [](Peer& peer) {
             peer.receive(),
                 peer.say(answer("accept", 34).substr(0, answer("accept", 34).size() - 1));
         }},
        {"talks of another message",
         [](Peer& peer) { peer.receive(), peer.say(answer("accept", 1)); }},
        {"says something else", [](Peer& peer) { peer.receive(), peer.say("UNKNOWN COMMAND\0"s); }},
        {"answers nonsense",
         [](Peer& peer) { peer.receive(), peer.say("{\"decision\":\"accept\"}\0"s); }},
        {"is silent", [](Peer& peer) { peer.receive(), peer.wait_for_end(); }},
        {"does not even read", [](Peer& peer) { peer.wait_for_end(); }},
    };
    for (const auto& [what, manner] : manners) {
        Service good(false, answers);
        Service bad(true, manner);  // the local one is asked first
        const ScanOutcome outcome = scan(good.text + "," + bad.text, request(), short_times);
        EXPECT_TRUE(outcome.answered()) << what << ": " << outcome.failure;
        EXPECT_EQ(outcome.server, good.text) << what;
        EXPECT_EQ(outcome.attempts, 2u) << what;
        EXPECT_EQ(bad.count, 1) << what;
    }
}

TEST_P(Clients, NobodyThereIsNeverAccepted) {
    const std::string first = nobody();
    const std::string second = nobody();
    const ScanOutcome outcome = scan(first + "," + second, request());
    EXPECT_FALSE(outcome.answered());
    EXPECT_EQ(outcome.attempts, 2u);
    EXPECT_EQ(outcome.report.decision.action, Action::defer);
    EXPECT_FALSE(outcome.report.error.empty());
    EXPECT_FALSE(outcome.report.verdict.coverage.complete());
    EXPECT_NE(outcome.failure.find(first), std::string::npos) << outcome.failure;
    EXPECT_NE(outcome.failure.find(second), std::string::npos) << outcome.failure;
}

TEST_P(Clients, AnAnswerBeforeTheEndOfTheMessageCounts) {
    message.assign(20'000'000, 'x');
    Service service(true, [](Peer& peer) {
        peer.say(answer("reject", 0));
        peer.wait_for_end();
    });
    const ScanOutcome outcome = scan(service.text, request());
    EXPECT_TRUE(outcome.answered()) << outcome.failure;
    EXPECT_EQ(outcome.report.decision.action, Action::reject);
}

TEST_P(Clients, LargeMessagesArriveWhole) {
    message.assign(30'000'000, 'x');
    for (std::size_t i = 0; i < message.size(); i += 1001) message[i] = static_cast<char>(i);
    Received received;
    Service service(false, [&](Peer& peer) {
        received = peer.receive();
        peer.say(answer("accept", received.message.size()));
    });
    const ScanOutcome outcome = scan(service.text, request());
    EXPECT_TRUE(outcome.answered()) << outcome.failure;
    EXPECT_TRUE(received.message == message);
}

TEST_P(Clients, NamesAreResolved) {
    Service service(false, answers);
    const std::string port = service.text.substr(service.text.rfind(':'));
    EXPECT_TRUE(scan("localhost" + port, request()).answered());
    const ScanOutcome outcome = scan("no-such-host.invalid" + port + "," + service.text, request());
    EXPECT_TRUE(outcome.answered()) << outcome.failure;
}

TEST_P(Clients, AMessageThatCannotBeReadIsNoServicesFault) {
    Service service(true, answers);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ScanRequest of_pipe;
    of_pipe.descriptor = ends[0];
    EXPECT_FALSE(scan(service.text, of_pipe).answered());
    EXPECT_EQ(service.count, 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(ScanClient, ADeadServiceIsAskedBeforeItGetsAMessageAgain) {
    std::atomic<bool> is_well{false};
    std::atomic<int> asked{0};
    Service local(true, [&](Peer& peer) {
        const Received received = peer.receive();
        if (received.command == "zREADY") ++asked;
        if (!is_well) return;
        peer.say(received.command == "zREADY" ? "READY generation=ab\0"s
                                              : answer("accept", received.message.size()));
    });
    Service other(false, answers);
    ScanClient client(parse_server_addresses(local.text + "," + other.text));
    const std::string message = "Subject: x\r\n\r\n";
    ScanRequest request;
    request.octets = std::as_bytes(std::span(message));
    EXPECT_EQ(client.scan(request).server, other.text);
    EXPECT_EQ(client.scan(request).server, other.text) << "left out for a while";
    EXPECT_EQ(local.count, 1);
    is_well = true;
    const auto end = std::chrono::steady_clock::now() + 20s;
    std::string server;
    while (server != local.text && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(20ms);
        const ScanOutcome outcome = client.scan(request);
        ASSERT_TRUE(outcome.answered()) << outcome.failure;
        server = outcome.server;
    }
    EXPECT_EQ(server, local.text);
    EXPECT_EQ(asked, 1);
}

TEST(AsyncScanClient, AStopEndsTheWaiting) {
    Service service(true, [](Peer& peer) { peer.wait_for_end(); });
    AsyncScanClient client(parse_server_addresses(service.text));
    const std::string message = "Subject: x\r\n\r\n";
    ScanRequest request;
    request.octets = std::as_bytes(std::span(message));
    std::stop_source stop;
    std::thread stopper([&] {
        while (service.count == 0) std::this_thread::sleep_for(1ms);
        stop.request_stop();
    });
    const ScanOutcome outcome = scan_async(client, request, stop.get_token());
    stopper.join();
    EXPECT_FALSE(outcome.answered());
    EXPECT_EQ(outcome.report.decision.action, Action::defer);
    EXPECT_TRUE(client.servers().is_alive(0)) << "a stop says nothing about the service";
}

TEST(AsyncScanClient, ManyAtOnceOverThreadsAllGetTheirOwnAnswers) {
    Service local(true, answers);
    Service other(false, answers);
    AsyncScanClient client(parse_server_addresses(local.text + "," + other.text));
    boost::asio::io_context context;
    std::atomic<int> right{0};
    std::vector<std::string> messages;
    for (std::size_t i = 0; i < 60; ++i) messages.emplace_back(i * 20'000, 'a');
    const auto one = [](AsyncScanClient& c, const std::string& m,
                        std::atomic<int>& count) -> boost::asio::awaitable<void> {
        ScanRequest request;
        request.octets = std::as_bytes(std::span(m));
        const ScanOutcome outcome = co_await c.scan(request);
        if (outcome.answered() && outcome.report.verdict.message_bytes == m.size()) ++count;
    };
    for (const std::string& message : messages) {
        boost::asio::co_spawn(context, one(client, message, right), boost::asio::detached);
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { context.run(); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right, 60);
}

}  // namespace
}  // namespace postern::engine::service::client
