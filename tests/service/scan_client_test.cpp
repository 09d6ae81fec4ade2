// SPDX-License-Identifier: Apache-2.0
// Both clients against services that misbehave: whatever one of them does, the next gets the
// message, and what nobody answered is never accepted. tests/end_to_end has them against the real
// one.
#include "engine/service/client/scan_client.h"
#include "engine/service/client/async_scan_client.h"
#include "tests/support/command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstring>
#include <functional>
#include <thread>

namespace postern::engine::service::client {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

std::string answer(std::string decision, std::size_t bytes) {
    return R"({"path":"x","bytes":)" + std::to_string(bytes) + R"(,"decision":")" + decision +
           R"(","reason":"R.","findings":[],"coverage":{"complete":true,"not_scanned":[]},)"
           R"("generation":"ab","seconds":0})" +
           "\0"s;
}

// What a client sent: the command, and the octets of the stream or of the descriptor.
struct Received {
    std::string command;
    std::string message;
    bool by_descriptor = false;
};

// The server's end of one connection, blocking.
class Peer {
public:
    explicit Peer(int socket) : socket_(socket) {}
    ~Peer() {
        if (file_ >= 0) ::close(file_);
        ::close(socket_);
    }

    Received receive() {
        Received received;
        received.command = until_nul();
        received.by_descriptor = received.command.find("FILDES") != std::string::npos;
        if (received.by_descriptor) {
            octets(1);
            received.message = of_file();
        } else if (received.command.find("INSTREAM") != std::string::npos) {
            for (std::size_t length = chunk_length(); length > 0; length = chunk_length())
                received.message += octets(length);
        }
        return received;
    }
    void say(const std::string& text) {
        (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    }
    // Closing sends RST instead of FIN.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    void wait_for_end() {
        char c;
        while (::recv(socket_, &c, 1, 0) > 0) {
        }
    }

private:
    std::string until_nul() {
        std::string text;
        for (std::string c = octets(1); !c.empty() && c != "\0"s; c = octets(1)) text += c;
        return text;
    }
    std::size_t chunk_length() {
        const std::string head = octets(4);
        std::size_t length = 0;
        for (const char c : head) length = length << 8 | static_cast<unsigned char>(c);
        return length;
    }
    // Keeps the descriptor that comes along.
    std::string octets(std::size_t length) {
        std::string text(length, '\0');
        std::size_t have = 0;
        while (have < length) {
            iovec part{text.data() + have, length - have};
            alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
            msghdr message{};
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            const ssize_t got = ::recvmsg(socket_, &message, 0);
            if (got <= 0) return "";
            if (const cmsghdr* header = CMSG_FIRSTHDR(&message))
                std::memcpy(&file_, CMSG_DATA(header), sizeof file_);
            have += static_cast<std::size_t>(got);
        }
        return text;
    }
    std::string of_file() const {
        std::string text(1 << 20, '\0');
        const ssize_t got = ::pread(file_, text.data(), text.size(), 0);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return text;
    }

    int socket_;
    int file_ = -1;
};

// A service that does with every connection what it is told to.
class Service {
public:
    using Manner = std::function<void(Peer&)>;

    Service(bool is_local, Manner manner) : manner_(std::move(manner)) {
        listener_ = ::socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (is_local) {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            std::strcpy(address.sun_path, (folder_.path() / "s").c_str());
            ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
            text = "unix:"s + address.sun_path;
        } else {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
            socklen_t length = sizeof address;
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
            text = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        }
        ::listen(listener_, 64);
        thread_ = std::thread([this] { serve(); });
    }
    ~Service() {
        ends_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
        for (std::thread& connection : connections_) connection.join();
    }

    std::string text;  // its address
    std::atomic<int> count{0};

private:
    void serve() {
        while (!ends_) {
            const int socket = ::accept(listener_, nullptr, nullptr);
            if (socket < 0) return;
            ++count;
            connections_.emplace_back([this, socket] {
                Peer peer(socket);
                manner_(peer);
            });
        }
    }

    tests::TemporaryFolder folder_;
    Manner manner_;
    int listener_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
    std::vector<std::thread> connections_;
};

void answers(Peer& peer) {
    const Received received = peer.receive();
    if (received.command == "zREADY") return peer.say("READY generation=ab\0"s);
    peer.say(answer("accept", received.message.size()));
}

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
