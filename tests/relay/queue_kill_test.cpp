// SPDX-License-Identifier: Apache-2.0
// A queue whose process is killed at a random moment under load: whatever it had said yes to must be there.
//
// A child process accepts messages from several threads, and writes each id into a pipe in its commit handler, as a
// relay would say 250. The parent kills it, opens the queue, and asks for every id, octet by octet.
#include "tests/relay/queue_harness.h"

#include <gtest/gtest.h>
#include <csignal>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace postern::relay::tests {
namespace {

std::string text_for(QueueId id) {
    return text_of_size(static_cast<std::size_t>(id.value % 3 == 0 ? 20'000 : 300)) + id.text() + "\r\n";
}

// Every third message is "delivered" at once, as a relay would do.
void session(Queue& queue, int pipe) {
    for (;;) {
        auto message = queue.receive();
        const QueueId id = message->id();
        message->append(text_for(id));
        std::promise<std::error_code> done;
        queue.commit(std::move(message), {envelope_to({"a@x.example"}), "", ""},
                     [&](std::error_code error) { done.set_value(error); });
        if (done.get_future().get()) continue;
        if (id.value % 5 == 0) {
            queue.record({id, {{0, RecipientState::delivered, {}, {}}}, false, {}}, {});
        } else if (::write(pipe, &id.value, sizeof id.value) != sizeof id.value) {
            return;
        }
    }
}

[[noreturn]] void load_until_killed(const std::filesystem::path& folder, int pipe) {
    Queue queue(options_for(folder));
    std::vector<std::thread> sessions;
    for (int i = 0; i < 6; ++i) sessions.emplace_back([&] { session(queue, pipe); });
    for (std::thread& each : sessions) each.join();
    _exit(1);
}

std::vector<QueueId> run_and_kill(const std::filesystem::path& folder, int milliseconds) {
    int ends[2];
    if (::pipe(ends) != 0) return {};
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        load_until_killed(folder, ends[1]);
    }
    ::close(ends[1]);
    std::thread killer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        ::kill(child, SIGKILL);
    });
    std::vector<QueueId> said;
    QueueId id;
    while (::read(ends[0], &id.value, sizeof id.value) == sizeof id.value) said.push_back(id);
    killer.join();
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ends[0]);
    EXPECT_TRUE(WIFSIGNALED(status));
    return said;
}

TEST(QueueKill, NothingSaidIsLost) {
    const postern::tests::TemporaryFolder folder;
    std::mt19937 random(20261128);
    std::vector<QueueId> said;
    const char* asked = std::getenv("POSTERN_KILLS");
    const int kills = asked != nullptr ? std::atoi(asked) : 6;
    for (int kill = 0; kill < kills; ++kill) {
        const auto some = run_and_kill(folder.path(), static_cast<int>(20 + random() % 400));
        said.insert(said.end(), some.begin(), some.end());
        Queue queue(options_for(folder.path()));
        std::size_t lost = 0;
        for (const QueueId id : said) lost += octets_of(queue, id) != text_for(id);
        ASSERT_EQ(lost, 0u) << "of " << said.size() << " after kill " << kill;
    }
    EXPECT_FALSE(said.empty());
    std::printf("[ kills    ] %d, acknowledged %zu, lost 0\n", kills, said.size());
}

}  // namespace
}  // namespace postern::relay::tests
