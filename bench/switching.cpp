// SPDX-License-Identifier: Apache-2.0
// How much a switch of generations delays a scan, and what it leaves in memory.
//
//   switching --set A.set --set B.set MESSAGE... [--switches 1000] [--threads N] [--nice N]
//
// Each thread scans the messages in turn, as a service does: the scanner in force, taken anew for each. First
// without a switch, which gives each message its usual time and says what the machine alone delays; then while
// another process activates the sets in turn, as `postern signatures activate` does. A delay is what a scan
// took above its message's usual time; told once as the clock has it, and once without the time in which the
// thread was ready and had no processor, which on a busy machine is others' doing.
#include "engine/limits.h"
#include "engine/live_scanner.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <thread>

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace postern;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Options {
    std::vector<fs::path> sets;
    std::vector<mime::Message> messages;
    unsigned switches = 1000;
    unsigned threads = std::max(1u, std::thread::hardware_concurrency());
    int nice = 0;  // of the process that activates
};

struct Scan {
    std::size_t message = 0;
    double seconds = 0;
    double waited = 0;  // of these, for a processor
    long faults = 0;
    long preempted = 0;
};
using Scans = std::vector<Scan>;

rusage usage_of_thread() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage;
}

// Seconds that the calling thread was ready to run and did not (proc(5), schedstat).
double waited_for_processor() {
    static thread_local const std::string path = "/proc/self/task/" + std::to_string(gettid()) + "/schedstat";
    std::ifstream file(path);
    double running = 0, waiting = 0;
    file >> running >> waiting;
    return waiting * 1e-9;
}

Scan scan_one(const engine::LiveScanner& live, const Options& options, std::size_t number) {
    const rusage before = usage_of_thread();
    const double waited = waited_for_processor();
    const auto start = Clock::now();
    const engine::Verdict verdict = live.current()->scan(options.messages[number]);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const rusage after = usage_of_thread();
    if (!verdict.coverage.complete()) throw std::runtime_error("a message was not scanned whole");
    return {number, seconds, waited_for_processor() - waited, after.ru_minflt - before.ru_minflt, after.ru_nivcsw - before.ru_nivcsw};
}

// Scans on all threads until `done`.
Scans scan_until(const engine::LiveScanner& live, const Options& options, const std::atomic<bool>& done) {
    std::vector<Scans> each(options.threads);
    // Room for all of them from the beginning, so that the notes of this program are not taken for the scanner's memory.
    for (Scans& scans : each) {
        scans.resize(std::size_t{1} << 20);
        scans.clear();
    }
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 0; t < options.threads; ++t) {
            threads.emplace_back([&, t] {
                for (std::size_t n = t; !done; ++n) each[t].push_back(scan_one(live, options, n % options.messages.size()));
            });
        }
    }
    Scans all;
    for (Scans& scans : each) std::move(scans.begin(), scans.end(), std::back_inserter(all));
    return all;
}

double of_clock(const Scan& scan) { return scan.seconds; }
double of_processor(const Scan& scan) { return scan.seconds - scan.waited; }
using Measure = double (*)(const Scan&);

// The median of each message.
std::vector<double> usual_times(const Options& options, const Scans& scans, Measure measure) {
    std::vector<std::vector<double>> times(options.messages.size());
    for (const Scan& scan : scans) times[scan.message].push_back(measure(scan));
    std::vector<double> usual;
    for (auto& all : times) {
        if (all.empty()) throw std::runtime_error("a message was never scanned");
        std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
        usual.push_back(all[all.size() / 2]);
    }
    return usual;
}

void report(const char* what, Scans scans, const std::vector<double>& usual, Measure measure) {
    const auto delay = [&](const Scan& scan) { return measure(scan) - usual[scan.message]; };
    std::sort(scans.begin(), scans.end(), [&](const Scan& a, const Scan& b) { return delay(a) < delay(b); });
    const auto at = [&](double part) {
        return 1e3 * delay(scans[std::min(scans.size() - 1, static_cast<std::size_t>(part * static_cast<double>(scans.size())))]);
    };
    std::printf("%-10s %zu scans; delay in ms: p50 %.3f  p99 %.3f  p99.9 %.3f  p99.99 %.3f  max %.3f\n", what,
                scans.size(), at(0.5), at(0.99), at(0.999), at(0.9999), at(1));
    for (std::size_t i = 1; i <= 3 && i <= scans.size(); ++i) {
        const Scan& scan = scans[scans.size() - i];
        std::printf("           worst %zu: message %zu, usually %.3f ms, %.3f ms; %ld page faults, preempted %ld times\n", i,
                    scan.message, 1e3 * usual[scan.message], 1e3 * measure(scan), scan.faults, scan.preempted);
    }
}

double resident_megabytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t whole = 0, resident = 0;
    file >> whole >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// Activates one set a line that it reads, and answers with a line.
[[noreturn]] void activate_what_is_asked(const Options& options, const fs::path& place, int in, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, options.nice);
    signatures::Store store(place, {{}, "bench"});
    for (char which = 0; read(in, &which, 1) == 1;) {
        store.activate(options.sets[static_cast<std::size_t>(which)]);
        if (write(out, &which, 1) != 1) break;
    }
    _exit(0);
}

class Activator {
public:
    Activator(const Options& options, const fs::path& place) {
        int asked[2], answered[2];
        if (pipe(asked) != 0 || pipe(answered) != 0) throw std::runtime_error("no pipe");
        child_ = fork();
        if (child_ == 0) {
            close(asked[1]);
            activate_what_is_asked(options, place, asked[0], answered[1]);
        }
        close(asked[0]);
        in_ = answered[0];
        out_ = asked[1];
    }
    ~Activator() {
        close(out_);
        waitpid(child_, nullptr, 0);
    }
    void activate(std::size_t which) const {
        const char number = static_cast<char>(which);
        char answer = 0;
        if (write(out_, &number, 1) != 1 || read(in_, &answer, 1) != 1) throw std::runtime_error("the activating process died");
    }

private:
    pid_t child_ = -1;
    int in_ = -1, out_ = -1;
};

Options options_of(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string {
            if (++i == argc) throw std::runtime_error(word + " wants a value");
            return argv[i];
        };
        if (word == "--set") options.sets.emplace_back(value());
        else if (word == "--switches") options.switches = static_cast<unsigned>(std::stoul(value()));
        else if (word == "--threads") options.threads = static_cast<unsigned>(std::stoul(value()));
        else if (word == "--nice") options.nice = std::stoi(value());
        else {
            std::error_code error;
            options.messages.push_back(mime::Message::map(word, error));
            if (error) throw std::runtime_error(word + ": " + error.message());
        }
    }
    if (options.sets.size() != 2 || options.messages.empty()) {
        throw std::runtime_error("switching --set A.set --set B.set MESSAGE... [--switches N] [--threads N] [--nice N]");
    }
    return options;
}

void run(const Options& options) {
    char name[] = "/tmp/postern-switching-XXXXXX";
    if (mkdtemp(name) == nullptr) throw std::runtime_error("no temporary folder");
    const fs::path place = fs::path(name) / "store";
    const Activator activator(options, place);
    activator.activate(0);
    const std::string generations[] = {signatures::verify_set(options.sets[0], {}).generation,
                                       signatures::verify_set(options.sets[1], {}).generation};
    std::atomic<unsigned> refused{0};
    engine::LiveScanner::Options live_options{{}, options.threads, [&](const std::string& sentence) {
        if (sentence.find("stays") != std::string::npos) ++refused;
    }};
    live_options.limits.time = std::chrono::minutes(5);
    const engine::LiveScanner live(signatures::Store(place), live_options);

    std::atomic<bool> done{false};
    double seconds = 0, before = 0, after = 0;
    Scans scans[2];
    for (const bool switching : {false, true}) {
        done = false;
        std::jthread driver([&] {
            const auto start = Clock::now();
            for (unsigned i = 0; switching && i < options.switches; ++i) {
                activator.activate((i + 1) % 2);
                while (live.current()->signatures().generation() != generations[(i + 1) % 2]) {
                    std::this_thread::sleep_for(std::chrono::microseconds(200));
                }
                if (i == options.switches / 5) before = resident_megabytes();
            }
            if (!switching) std::this_thread::sleep_for(std::chrono::seconds(8));
            seconds = std::chrono::duration<double>(Clock::now() - start).count();
            after = resident_megabytes();
            done = true;
        });
        scans[switching] = scan_until(live, options, done);
    }
    for (const Measure measure : {of_clock, of_processor}) {
        std::puts(measure == of_clock ? "by the clock" : "without waiting for a processor");
        const std::vector<double> usual = usual_times(options, scans[0], measure);
        report("at rest", scans[0], usual, measure);
        report("switching", scans[1], usual, measure);
    }
    std::printf("%u switches in %.1f s, %u refused; resident %.1f MB after a fifth of them, %.1f MB at the end\n",
                options.switches, seconds, refused.load(), before, after);
    fs::remove_all(name);
}

}  // namespace

int main(int argc, char** argv) try {
    // As `postern` itself does (app/main.cpp).
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    run(options_of(argc, argv));
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "switching: %s\n", error.what());
    return 2;
}
