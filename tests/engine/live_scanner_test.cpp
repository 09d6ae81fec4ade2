// SPDX-License-Identifier: Apache-2.0
// Scanning goes on while sets change: each verdict is of one set, what cannot be used changes nothing, and
// nobody keeps the memory of what went.
#include "engine/live_scanner.h"

#include "scanner_fixture.h"
#include "tests/support/command.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace postern::engine::tests {
namespace {

namespace fs = std::filesystem;
using signatures::Store;
using std::chrono::milliseconds;

// Two generations find the same content under names of their own: a finding tells whose it is.
class LiveScanning : public testing::Test {
protected:
    static constexpr const char* text = "the words that every generation looks for";

    LiveScanning() : store_(folder_.path() / "store", {{}, "tester"}) {}

    fs::path set(const std::string& name) const {
        const fs::path file = folder_.path() / (name + ".set");
        if (fs::exists(file)) return file;
        signatures::SetBuilder builder;
        std::string line = name + ".Body:0:*:";
        for (const char* c = text; *c != '\0'; ++c) {
            line += "0123456789abcdef"[*c >> 4];
            line += "0123456789abcdef"[*c & 15];
        }
        builder.add_text("a.ndb", line + "\n");
        builder.add_text("a.yar", "rule " + name + " { strings: $a = \"every generation\" condition: $a }\n");
        signatures::write_set(*builder.build(1), file, nullptr);
        return file;
    }
    std::string generation(const std::string& name) const {
        return signatures::verify_set(set(name), {}).generation;
    }
    LiveScanner::Options options(unsigned threads = 1) {
        return {patient_limits(), threads, [this](const std::string& sentence) {
                    const std::lock_guard lock(mutex_);
                    told_ += sentence + "\n";
                }};
    }
    std::string told() {
        const std::lock_guard lock(mutex_);
        return told_;
    }
    static mime::Message mail(const std::string& body) {
        return mime::Message::own("From: a@example.org\r\nTo: b@example.org\r\n\r\n" + body + "\r\n");
    }
    static std::string names(const std::vector<Finding>& findings) {
        std::string all;
        for (const Finding& finding : findings) all += finding.name + ' ';
        return all;
    }
    // "Alpha.Body YARA.Alpha | Beta.Body YARA.Beta " where the second half is the shadow's.
    static std::string scan(const LiveScanner& live) {
        const Verdict verdict = live.current()->scan(mail(text));
        return names(verdict.findings) + "| " + names(verdict.shadow.findings);
    }
    // Patient: the machine may be busy with something else.
    static bool becomes(const std::function<bool()>& is) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (!is()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(milliseconds(1));
        }
        return true;
    }
    static bool is_current(const LiveScanner& live, const std::string& generation) {
        return becomes([&] { return live.current()->signatures().generation() == generation; });
    }
    // A state that names what the store would never have let in.
    void force(const std::string& state) const {
        folder_.write("store/state.forced", "postern-store 1\n" + state);
        fs::rename(store_.folder() / "state.forced", store_.folder() / "state");
    }

    postern::tests::TemporaryFolder folder_;
    Store store_;
    std::mutex mutex_;
    std::string told_;
};

TEST_F(LiveScanning, WithoutASetThereIsNoScanner) {
    try {
        LiveScanner live(store_, options());
        FAIL();
    } catch (const signatures::SetFileError& error) {
        EXPECT_NE(std::string(error.what()).find("holds no set yet; `postern signatures activate SET`"), std::string::npos);
    }
}

TEST_F(LiveScanning, TakesUpWhatIsActivated) {
    store_.activate(set("Alpha"));
    LiveScanner live(store_, options());
    EXPECT_EQ(scan(live), "Alpha.Body YARA.Alpha | ");
    store_.activate(set("Beta"));
    ASSERT_TRUE(is_current(live, generation("Beta")));
    EXPECT_EQ(scan(live), "Beta.Body YARA.Beta | ");
    store_.roll_back();
    ASSERT_TRUE(is_current(live, generation("Alpha")));
    EXPECT_EQ(scan(live), "Alpha.Body YARA.Alpha | ");
    EXPECT_TRUE(becomes([&] { return told().find(generation("Alpha") + " is in force now") != std::string::npos; }));
}

TEST_F(LiveScanning, WhoBeganWithASetEndsWithItAndThenItsMemoryGoes) {
    store_.activate(set("Alpha"));
    LiveScanner live(store_, options());
    auto in_flight = live.current();
    const std::weak_ptr<const Scanner> old = in_flight;
    store_.activate(set("Beta"));
    ASSERT_TRUE(is_current(live, generation("Beta")));
    store_.prune(2);
    fs::remove(store_.set_file(generation("Alpha")));
    const Verdict verdict = in_flight->scan(mail(text));
    EXPECT_EQ(verdict.generation, generation("Alpha"));
    EXPECT_EQ(names(verdict.findings), "Alpha.Body YARA.Alpha ");
    in_flight.reset();
    EXPECT_TRUE(becomes([&] { return old.expired(); }));
}

TEST_F(LiveScanning, WhatCannotBeUsedLeavesTheRunningSet) {
    store_.activate(set("Alpha"));
    LiveScanner live(store_, options());
    const auto before = live.current();
    const std::string nobody(64, '0');
    folder_.write("store/sets/" + nobody + ".set", "no set at all, but named as one");
    force("current " + nobody + " t w\n");
    ASSERT_TRUE(becomes([&] { return told().find("is no signature set") != std::string::npos; })) << told();
    EXPECT_NE(told().find("the set in force stays"), std::string::npos);
    force("current " + std::string(64, '1') + " t w\n");
    ASSERT_TRUE(becomes([&] { return told().find("cannot be read") != std::string::npos; })) << told();
    folder_.write("store/state", "half a st");
    ASSERT_TRUE(becomes([&] { return told().find("is no state of a store") != std::string::npos; })) << told();
    force("");
    ASSERT_TRUE(becomes([&] { return told().find("holds no set yet") != std::string::npos; })) << told();
    EXPECT_EQ(live.current(), before);
    // And the next good one is taken up all the same.
    store_.activate(set("Beta"));
    ASSERT_TRUE(is_current(live, generation("Beta")));
}

TEST_F(LiveScanning, AKeyIsAskedAtEverySwitch) {
    store_.activate(set("Alpha"));
    LiveScanner live(store_, options());
    ASSERT_EQ(std::system(("openssl genpkey -algorithm ed25519 2>/dev/null | openssl pkey -pubout -out " +
                           (store_.folder() / "key.pem").native() + " 2>/dev/null").c_str()), 0);
    const std::string other = generation("Beta");
    fs::copy_file(set("Beta"), store_.set_file(other));
    force("current " + other + " t w\n");
    ASSERT_TRUE(becomes([&] { return told().find("is not signed, and a key is configured") != std::string::npos; }));
    EXPECT_EQ(scan(live), "Alpha.Body YARA.Alpha | ");
}

TEST_F(LiveScanning, AShadowTellsAndDecidesNothing) {
    store_.activate(set("Alpha"));
    store_.activate_shadow(set("Beta"));
    LiveScanner live(store_, options());
    EXPECT_EQ(scan(live), "Alpha.Body YARA.Alpha | Beta.Body YARA.Beta ");
    const auto active = &live.current()->signatures();
    store_.activate_shadow(set("Gamma"));
    ASSERT_TRUE(becomes([&] { return scan(live) == "Alpha.Body YARA.Alpha | Gamma.Body YARA.Gamma "; }));
    EXPECT_EQ(active, &live.current()->signatures()) << "what stays in force is not loaded again";
    // The shadow becomes the active set: it is loaded already.
    store_.activate(set("Gamma"));
    ASSERT_TRUE(becomes([&] { return scan(live) == "Gamma.Body YARA.Gamma | Gamma.Body YARA.Gamma "; }));
    store_.end_shadow();
    ASSERT_TRUE(becomes([&] { return scan(live) == "Gamma.Body YARA.Gamma | "; }));
    EXPECT_TRUE(becomes([&] { return told().find("there is no shadow set any more") != std::string::npos; })) << told();
}

TEST_F(LiveScanning, AShadowThatCannotBeLoadedIsNone) {
    store_.activate(set("Alpha"));
    LiveScanner live(store_, options());
    store_.activate(set("Beta"));
    force("current " + generation("Beta") + " t w\nshadow " + std::string(64, '0') + " t w\n");
    ASSERT_TRUE(is_current(live, generation("Beta")));
    EXPECT_TRUE(becomes([&] { return told().find("there is no shadow set until another one is activated") != std::string::npos; }));
    EXPECT_EQ(scan(live), "Beta.Body YARA.Beta | ");
    // A process that starts now does as well.
    LiveScanner second(store_, options());
    EXPECT_EQ(scan(second), "Beta.Body YARA.Beta | ");
}

// A rule that takes its time in the shadow takes none from the message.
TEST_F(LiveScanning, AShadowWithoutEndIsCutShort) {
    signatures::SetBuilder builder;
    builder.add_text("slow.yar", "rule Slow { condition: for all i in (0..100000000000) : (uint8(i % 20) != 1) }\n");
    Limits limits = patient_limits();
    limits.time = milliseconds(8000);
    limits.rule_time = milliseconds(2500);
    const Scanner scanner(SignatureSets(signatures::load_set(set("Alpha")), builder.build(1)), limits, 1);
    std::string body = "--b\r\n\r\n" + std::string(text) + "\r\n";
    for (int i = 0; i < 2; ++i) body += "--b\r\nContent-Type: text/plain; name=" + std::to_string(i) + "\r\n\r\nlonger than twenty octets\r\n";
    const auto message = mime::Message::own(
        "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body + "--b--\r\n");
    const Verdict verdict = scanner.scan(message);
    EXPECT_EQ(names(verdict.findings), "Alpha.Body YARA.Alpha ");
    EXPECT_TRUE(verdict.coverage.complete()) << verdict.coverage.gaps.front().detail;
    EXPECT_FALSE(verdict.shadow.complete);
}

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr unsigned usual_switches = 60;
constexpr bool memory_tells = false;
#else
constexpr unsigned usual_switches = 1000;
constexpr bool memory_tells = true;
#endif

double resident_megabytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t whole = 0, resident = 0;
    file >> whole >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

// What each scan saw, counted over all threads.
struct Seen {
    std::atomic<std::size_t> alpha{0}, beta{0}, shadows{0}, wrong{0};
};

class SwitchingJob final : public Job {
public:
    SwitchingJob(const LiveScanner& live, const mime::Message& message, const std::string& alpha, Seen& seen)
        : live_(live), message_(message), alpha_(alpha), seen_(seen) {}

    void work() override {
        const Verdict verdict = live_.current()->scan(message_);
        const bool is_alpha = verdict.generation == alpha_;
        ++(is_alpha ? seen_.alpha : seen_.beta);
        bool fits = verdict.coverage.complete() && of(verdict.findings, is_alpha);
        if (!verdict.shadow.generation.empty()) {
            ++seen_.shadows;
            fits = fits && of(verdict.shadow.findings, verdict.shadow.generation == alpha_);
        }
        if (!fits) ++seen_.wrong;
    }
    void emit() override {}

private:
    // In each content that has the words both of the signatures find them, and nobody else's.
    static bool of(const std::vector<Finding>& findings, bool is_alpha) {
        const std::string name = is_alpha ? "Alpha" : "Beta";
        std::size_t bodies = 0, rules = 0;
        for (const Finding& finding : findings) {
            bodies += finding.name == name + ".Body";
            rules += finding.name == "YARA." + name;
        }
        return bodies != 0 && bodies == rules && bodies + rules == findings.size();
    }

    const LiveScanner& live_;
    const mime::Message& message_;
    const std::string& alpha_;
    Seen& seen_;
};

unsigned switches() {
    const char* wanted = std::getenv("POSTERN_SWITCHES");
    return wanted != nullptr ? static_cast<unsigned>(std::stoul(wanted)) : usual_switches;
}

// All cores scan, messages small and large (in tasks of their own); the store changes under them.
TEST_F(LiveScanning, ParallelScansSeeOneGenerationEach) {
    const std::string alpha = generation("Alpha"), beta = generation("Beta");
    store_.activate(set("Alpha"));
    Arena arena(std::max(2u, std::thread::hardware_concurrency()));
    LiveScanner live(store_, options(arena.threads()));
    std::string parts;
    for (int i = 0; i < 6; ++i) parts += "--b\r\n\r\n" + std::string(text) + std::string(40'000, 'x') + "\r\n";
    const std::vector<mime::Message> messages = [&] {
        std::vector<mime::Message> all;
        all.push_back(mail(text));
        all.push_back(mime::Message::own("From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;"
                                                 " boundary=b\r\n\r\n" + parts + "--b--\r\n"));
        return all;
    }();
    Seen seen;
    std::atomic<bool> done{false};
    double before = 0, after = 0;
    std::jthread switcher([&] {
        for (unsigned i = 0; i < switches(); ++i) {
            const bool to_beta = i % 2 == 0;
            store_.activate(set(to_beta ? "Beta" : "Alpha"));
            if (i % 10 == 3) store_.activate_shadow(set("Alpha"));
            if (i % 10 == 7) store_.end_shadow();
            if (!is_current(live, to_beta ? beta : alpha)) break;
            if (i % 50 == 0) store_.prune(2);
            if (i == switches() / 5) before = resident_megabytes();
        }
        after = resident_megabytes();
        done = true;
    });
    std::size_t count = 0;
    arena.run([&] {
        pipeline(2 * arena.threads(), [&]() -> std::unique_ptr<Job> {
            if (done) return nullptr;
            return std::make_unique<SwitchingJob>(live, messages[count++ % 8 == 0], alpha, seen);
        });
    });
    switcher.join();
    EXPECT_EQ(told().find("stays"), std::string::npos) << told();
    EXPECT_EQ(live.current()->signatures().generation(), switches() % 2 == 0 ? alpha : beta);
    EXPECT_EQ(seen.wrong, 0u);
    EXPECT_GT(seen.alpha, 0u);
    EXPECT_GT(seen.beta, 0u);
    EXPECT_GT(seen.shadows, 0u);
    if (memory_tells && switches() >= 500) {
        EXPECT_LT(after, before * 1.05) << before << " MB before";
    }
    RecordProperty("scans", static_cast<int>(seen.alpha + seen.beta));
}

}  // namespace
}  // namespace postern::engine::tests
