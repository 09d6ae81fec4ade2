// SPDX-License-Identifier: Apache-2.0
// Messages that end the worker that reads them, in every way there is: only they are refused.
// POSTERN_DRILL=500 plays so many instead of 30, POSTERN_DRILL_AT_ONCE=8 so many at a time.
#include "tests/service/running_scand.h"

#include <atomic>
#include <random>

namespace postern::engine::service {
namespace {

using std::chrono::milliseconds;

ScandOptions with_short_patience(const RunningScand*, const std::filesystem::path& failed) {
    ScandOptions options;
    options.hang_time = milliseconds(700);
    options.failed_folder = failed;
    return options;
}

std::string drill(const std::string& word) {
    return mail("X-Drill: " + word + " \r\n", "a message that fails");
}

constexpr const char* given_up = "stream: The scanner failed on it twice, it was not scanned ERROR";

TEST(ScandCrash, EveryWayToFailIsDeferredAndKept) {
    tests::TemporaryFolder failed;
    RunningScand scand(with_short_patience(nullptr, failed.path()));
    const std::vector<std::string> ways{"abort",     "trap", "exit",    "throw",
                                        "forbidden", "loop", "allocate"};
    for (const std::string& way : ways) EXPECT_EQ(scan_stream(scand, drill(way)), given_up) << way;
    const std::string json = ask(scand, z("VERDICT INSTREAM id=X") + stream_of(drill("abort")));
    EXPECT_NE(json.find(R"("decision":"defer")"), json.npos) << json;
    EXPECT_NE(json.find(R"("scanner-failed")"), json.npos);
    EXPECT_EQ(scan_stream(scand, mail("", eicar())).find("stream: "), 0u);
    std::size_t kept = 0;
    for (int i = 0; i < 500 && kept < ways.size() + 1; ++i) {
        std::this_thread::sleep_for(milliseconds(10));
        const std::lock_guard lock(scand.events.mutex);
        kept = scand.events.given_up.size();
    }
    const std::lock_guard lock(scand.events.mutex);
    EXPECT_EQ(kept, ways.size() + 1);
    EXPECT_EQ(scand.events.ends[static_cast<std::size_t>(WorkerEnd::forbidden)], 2u);
    // A machine that is slow may take longer to use up memory than a message has.
    EXPECT_GE(scand.events.ends[static_cast<std::size_t>(WorkerEnd::hung)], 2u);
    for (const std::string& path : scand.events.kept_in) {
        EXPECT_NE(tests::read_file(path).find(R"("sha256": ")"), std::string::npos) << path;
    }
}

TEST(ScandCrash, TheSandboxHoldsFromInside) {
    RunningScand scand(with_short_patience(nullptr, {}));
    const auto probe = [&](const std::string& what) { return scan_stream(scand, drill(what)); };
    const auto failed_with = [](const std::string& what, int error) {
        return "stream: Drill." + what + "." + std::to_string(error) + " FOUND";
    };
    EXPECT_EQ(probe("open"), failed_with("open", EPERM));
    EXPECT_EQ(probe("create"), failed_with("create", EPERM));
    EXPECT_EQ(probe("unlink"), failed_with("unlink", EPERM));
    EXPECT_EQ(probe("fork"), failed_with("fork", EPERM));
    EXPECT_EQ(probe("clone3"), failed_with("clone3", ENOSYS));
    EXPECT_EQ(probe("tgkill"), failed_with("tgkill", EPERM));
    EXPECT_EQ(probe("memory"), failed_with("memory", EPERM));
    EXPECT_EQ(probe("converter"), failed_with("converter", 0));
    EXPECT_EQ(probe("rare_converter"), failed_with("rare_converter", 0));
    EXPECT_EQ(scand.ended_workers(), 0u);
    for (const std::string what : {"connect", "exec", "ptrace", "kill", "setuid"})
        EXPECT_EQ(probe(what), given_up) << what;
    const std::lock_guard lock(scand.events.mutex);
    EXPECT_EQ(scand.events.ends[static_cast<std::size_t>(WorkerEnd::forbidden)], 10u);
}

// No time is asserted: who is answered first is.
TEST(ScandCrash, AWorkerThatIsBusyWithAllItsThreadsIsRelieved) {
    RunningScand scand;
    std::vector<Client> busy;
    for (int i = 0; i < 10; ++i) {
        Client& client = busy.emplace_back(scand.unix_path());
        ASSERT_TRUE(client.send(z("INSTREAM") + stream_of(drill("sleep"))));
    }
    EXPECT_EQ(scan_stream(scand, mail("", "small")), "stream: OK");
    for (Client& client : busy) EXPECT_EQ(client.reply(0), "");
    for (Client& client : busy) EXPECT_EQ(client.reply(), "stream: Drill.sleep.done FOUND");
    EXPECT_EQ(scand.ended_workers(), 0u);
    EXPECT_EQ(scan_stream(scand, mail("", eicar())).find("stream: "), 0u);
}

TEST(ScandCrash, OnlyTheCulpritsSuffer) {
    const int culprits = number_from("POSTERN_DRILL", 30);
    const int at_once = number_from("POSTERN_DRILL_AT_ONCE", 3);
    RunningScand scand(with_short_patience(nullptr, {}));
    std::atomic<bool> over{false};
    std::atomic<int> innocent{0}, wrong{0}, deferred{0};
    std::atomic<double> longest{0};
    std::vector<std::thread> load;
    for (int i = 0; i < 6; ++i) {
        load.emplace_back([&, i] {
            std::mt19937 random(static_cast<unsigned>(i));
            while (!over) {
                const bool bad = random() % 2 == 0;
                const auto start = Clock::now();
                const std::string reply = scan_stream(
                    scand,
                    mail("", (bad ? eicar() : "clean") + std::string(random() % 20'000, '\n')));
                const double seconds = Seconds(Clock::now() - start).count();
                if (seconds > longest) longest = seconds;
                if (bad ? reply.find(" FOUND") == reply.npos : reply != "stream: OK") ++wrong;
                ++innocent;
            }
        });
    }
    // The service's own pulse: how long it takes at most that anything at all is answered.
    std::atomic<double> down{0};
    load.emplace_back([&] {
        while (!over) {
            const auto start = Clock::now();
            if (scan_stream(scand, mail("", "pulse")) != "stream: OK") ++wrong;
            const double seconds = Seconds(Clock::now() - start).count();
            if (seconds > down) down = seconds;
        }
    });
    std::atomic<int> next{0};
    std::vector<std::thread> senders;
    for (int i = 0; i < at_once; ++i) {
        senders.emplace_back([&, i] {
            std::mt19937 random(static_cast<unsigned>(100 + i));
            const std::string ways[] = {"abort", "loop", "allocate", "forbidden"};
            while (next++ < culprits) {
                if (scan_stream(scand, drill(ways[random() % std::size(ways)])) == given_up)
                    ++deferred;
            }
        });
    }
    for (std::thread& one : senders) one.join();
    over = true;
    for (std::thread& one : load) one.join();
    EXPECT_EQ(deferred, culprits);
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(innocent, 0);
    std::printf(
        "%d culprits deferred, %d others right, %zu workers ended; longest wait of another %.3f s, "
        "of the pulse %.3f s\n",
        deferred.load(), innocent.load(), scand.ended_workers(), longest.load(), down.load());
}

}  // namespace
}  // namespace postern::engine::service
