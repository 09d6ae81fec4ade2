// SPDX-License-Identifier: Apache-2.0
// Many at once: every answer comes and is right, and the budget holds. POSTERN_SCANS and
// POSTERN_CONNECTIONS play more than the suite does.
#include "tests/service/running_scand.h"

#include <atomic>
#include <random>

namespace postern::engine::service {
namespace {

// A message of so many octets, or nearly.
std::string attachment(std::size_t size, bool bad) {
    if (bad) {  // at the end, past what is read freely of every stream
        const std::size_t around = mail("", eicar()).size();
        std::string text;
        while (text.size() + around < size) text += "What is said here is said to nobody.\r\n";
        text.resize(size - std::min(size, around), '\n');
        return mail("", text + eicar());
    }
    const std::string line = std::string(76, 'A') + "\r\n";
    std::string text =
        mail("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n", "");
    while (text.size() + line.size() <= size) text += line;
    return text;
}

TEST(ScandLoad, EveryAnswerComesAndIsRight) {
    const int scans = number_from("POSTERN_SCANS", 400);
    const int connections = number_from("POSTERN_CONNECTIONS", 40);
    const int most = number_from("POSTERN_LARGEST", 2'000'000);
    ScandOptions options;
    options.memory = std::uint64_t{1} << 30;
    options.limits.held = std::max(std::uint64_t{64} << 20, 4 * static_cast<std::uint64_t>(most));
    RunningScand scand(options);
    std::vector<std::string> clean, bad;  // all that is sent
    const auto request = [](const std::string& message) {
        return z("INSTREAM") + stream_of(message);
    };
    for (const int size : {500, 10'000, 300'000, most}) {
        clean.push_back(request(attachment(static_cast<std::size_t>(size), false)));
        bad.push_back(request(attachment(static_cast<std::size_t>(size), true)));
    }
    std::atomic<int> next{0}, wrong{0};
    std::mutex mutex;
    std::vector<double> waits;
    std::vector<std::thread> clients;
    for (int i = 0; i < connections; ++i) {
        clients.emplace_back([&, i] {
            std::mt19937 random(static_cast<unsigned>(i));
            while (next++ < scans) {
                const auto roll = random() % 100;
                const std::size_t kind = roll < 60 ? 0 : roll < 85 ? 1 : roll < 98 ? 2 : 3;
                const bool is_bad = random() % 2 == 0;
                const auto start = Clock::now();
                const std::string reply = ask(scand, is_bad ? bad[kind] : clean[kind]);
                const double wait = Seconds(Clock::now() - start).count();
                if (is_bad != reply.ends_with(" FOUND") || reply.empty()) ++wrong;
                const std::lock_guard lock(mutex);
                waits.push_back(wait);
            }
        });
    }
    for (std::thread& one : clients) one.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(waits.size(), static_cast<std::size_t>(scans));
    EXPECT_EQ(scand.ended_workers(), 0u);
    std::sort(waits.begin(), waits.end());
    const std::lock_guard lock(scand.events.mutex);
    std::printf(
        "%d scans over %d connections: wait p50 %.3f s, p99 %.3f s, longest %.3f s; held at most "
        "%.1f MB\n",
        scans, connections, waits[waits.size() / 2], waits[waits.size() * 99 / 100], waits.back(),
        static_cast<double>(scand.events.most_held) / 1e6);
}

// No time is asserted: the order is. A small message that comes after twenty large ones is answered
// before them.
TEST(ScandLoad, ASmallMessageDoesNotWaitForLargeOnes) {
    RunningScand scand;
    const std::string large =
        attachment(static_cast<std::size_t>(number_from("POSTERN_LARGE", 8'000'000)), false);
    const Descriptor file = file_of(large);
    std::vector<Client> clients;
    for (int i = 0; i < 20; ++i) {
        clients.emplace_back(scand.unix_path());
        ASSERT_TRUE(clients.back().send(z("VERDICT FILDES as=message") + "x", {file.get()}));
    }
    std::vector<double> waits;
    for (int i = 0; i < 10; ++i) {
        const auto start = Clock::now();
        EXPECT_EQ(scan_stream(scand, mail("", "small")), "stream: OK");
        waits.push_back(Seconds(Clock::now() - start).count());
    }
    const bool before_the_last = clients.back().reply(0).empty();
    EXPECT_TRUE(before_the_last);
    for (std::size_t i = 0; i + 1 < clients.size(); ++i) EXPECT_NE(clients[i].reply(), "");
    std::printf("small behind 20 of %zu octets: first %.1f ms, longest %.1f ms\n", large.size(),
                waits[0] * 1e3, *std::max_element(waits.begin(), waits.end()) * 1e3);
}

}  // namespace
}  // namespace postern::engine::service
