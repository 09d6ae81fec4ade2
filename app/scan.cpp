// SPDX-License-Identifier: Apache-2.0
// `postern scan`: paths in, one verdict out for each message, in input order, from all cores.
#include "app/commands.h"
#include "app/errors.h"
#include "app/policy_file.h"
#include "app/progress.h"
#include "app/remote_scan.h"
#include "app/scan_options.h"
#include "app/scan_statistics.h"
#include "app/signature_sources.h"
#include "app/signature_commands.h"
#include "engine/identify.h"
#include "engine/live_scanner.h"
#include "engine/parallel.h"
#include "engine/report.h"
#include "engine/scanner.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <sys/resource.h>

namespace postern::app {

namespace {

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The scanner for one message, held until its end.
using ScannerSource = std::function<std::shared_ptr<const engine::Scanner>()>;

// For each thread. So many messages behind a large one can be done before their lines wait for its line; a
// message that is done holds its report and no more.
constexpr std::size_t jobs_in_flight = 16;

// What all jobs of one run share. emit() of the jobs is called by one thread at a time.
struct Run {
    const ScanOptions& options;
    const engine::Policy& policy;
    const ScannerSource& scanner;  // empty: `remote` scans
    RemoteScan* remote;
    std::uint64_t bytes_total;
    Progress progress{"scanning"};
    ScanStatistics statistics{};
};

// A message that could not be read has a line of its own and is deferred, never accepted.
void mark_unreadable(engine::Report& report) {
    report.decision.action = engine::Action::defer;
    report.decision.reason = "The message could not be read: " + report.error + ".";
    report.verdict.coverage.gaps.push_back({"", "unreadable", report.error});
}

class ScanJob final : public engine::Job {
public:
    // `bytes_done` as the loader says it now: while jobs are under way it belongs to the thread that loads.
    ScanJob(Run& run, corpora::Item item, std::uint64_t bytes_done)
        : run_(run), item_(std::move(item)), bytes_done_(bytes_done) {}

    void work() override {
        const auto start = std::chrono::steady_clock::now();
        report_.path = item_.path;
        report_.index = item_.index;
        report_.error = item_.error;
        if (item_.error.empty()) scan();
        report_.seconds = since(start);
        if (!report_.error.empty()) mark_unreadable(report_);
        line_ = run_.options.format == Format::json ? to_json(report_, explanation()) + "\n" : text();
        item_.message = {};
    }

    void emit() override {
        run_.statistics.count(report_);
        if (!report_.error.empty()) {
            run_.progress.line("");
            std::fprintf(stderr, "postern: %s: %s\n", engine::printable_name(report_.path).c_str(),
                         report_.error.c_str());
        }
        run_.progress.line(line_);
        run_.progress.update(bytes_done_, run_.bytes_total, run_.statistics.messages());
    }

private:
    void scan() {
        if (run_.remote != nullptr) return run_.remote->scan(item_, report_);
        const auto scanner = run_.scanner();
        report_.verdict = item_.is_message ? scanner->scan(item_.message, explanation())
                                           : scanner->scan_file(item_.message, base_name(), explanation());
        report_.decision = engine::decide(run_.policy, report_.verdict);
    }

    std::string base_name() const { return item_.path.substr(item_.path.rfind('/') + 1); }

    engine::Explanation* explanation() { return run_.options.explain ? &explanation_ : nullptr; }

    std::string text() {
        return to_text(report_) + (run_.options.explain ? to_text(explanation_) : std::string());
    }

    Run& run_;
    corpora::Item item_;
    std::uint64_t bytes_done_;
    engine::Report report_;
    engine::Explanation explanation_;
    std::string line_;
};

// Times from now on, until taken.
class Stopwatch {
public:
    void take(RunTimes& times) const {
        const rusage now = usage();
        times.seconds = since(start_);
        times.user_seconds = seconds_of(now.ru_utime) - seconds_of(before_.ru_utime);
        times.system_seconds = seconds_of(now.ru_stime) - seconds_of(before_.ru_stime);
        times.peak_megabytes = static_cast<double>(now.ru_maxrss) * 1024 / 1e6;
    }

private:
    static rusage usage() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage;
    }
    static double seconds_of(const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    }

    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    rusage before_ = usage();
};

void tell(const Run& run, const RunTimes& times) {
    if (run.options.format == Format::text) std::fputs(run.statistics.summary().c_str(), stdout);
    std::fflush(stdout);
    if (!run.options.stats && run.options.dead_rules.empty()) return;
    const auto scanner = run.scanner ? run.scanner() : nullptr;
    const RuleUses rules = scanner ? scanner->rule_uses() : RuleUses();
    if (!run.options.dead_rules.empty()) write_dead_rules(rules, run.options.dead_rules);
    if (!run.options.stats) return;
    const signatures::SignatureSet* set = scanner ? &scanner->signatures() : nullptr;
    const std::string text = run.options.format == Format::json
                                 ? run.statistics.json(set, times, rules)
                                 : run.statistics.text(set, times) + (set ? rules_in_text(rules) : std::string());
    std::fputs(text.c_str(), stderr);
}

// Sources are the user's own to try; a set file beside a signed one must be signed as well.
SignatureInput shadow_input(const ScanOptions& options) {
    const bool is_set = signatures::is_set_file(options.shadow);
    return {{options.shadow}, is_set ? options.signatures.key : std::string()};
}

// The store's, which may be another one from message to message, or one for all.
ScannerSource scanner_for(const ScanOptions& options, const engine::Limits& limits, unsigned threads) {
    if (!options.store.empty()) {
        if (!options.signatures.paths.empty() || !options.shadow.empty()) {
            throw UsageError("--store brings its own sets; leave --signatures and --shadow out");
        }
        const auto live = told([&] {
            return std::make_shared<engine::LiveScanner>(
                signatures::Store(options.store, {options.signatures.key, {}}),
                engine::LiveScanner::Options{limits, threads, [](const std::string& sentence) {
                                                 std::fprintf(stderr, "postern: %s\n", sentence.c_str());
                                             }});
        });
        return [live] { return live->current(); };
    }
    auto active = load_signatures(options.signatures, threads);
    auto shadow = options.shadow.empty() ? nullptr : load_signatures(shadow_input(options), threads);
    const auto one = std::make_shared<const engine::Scanner>(
        engine::SignatureSets(std::move(active), std::move(shadow)), limits, threads);
    one->make_ready();
    return [one] { return one; };
}

int scan(const ScanOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    std::optional<RemoteScan> remote;
    if (!options.server.empty()) remote.emplace(options);
    corpora::Loader loader(all_paths(options), options.as);
    engine::Arena arena(options.jobs);
    const engine::Policy policy =
        options.policy.empty() ? engine::default_policy() : load_policy(options.policy);
    const ScannerSource scanner =
        remote ? ScannerSource() : scanner_for(options, policy.limits, arena.threads());
    RunTimes times;
    times.load_seconds = since(start);
    Run run{options, policy, scanner, remote ? &*remote : nullptr, loader.bytes_total()};
    const auto next = [&]() -> std::unique_ptr<engine::Job> {
        std::optional<corpora::Item> item = loader.next();
        if (!item) return nullptr;
        return std::make_unique<ScanJob>(run, std::move(*item), loader.bytes_done());
    };
    const Stopwatch watch;
    arena.run([&] { engine::pipeline(jobs_in_flight * arena.threads(), next); });
    watch.take(times);
    tell(run, times);
    if (std::fflush(stdout) != 0) throw UsageError("standard output cannot be written to");
    if (run.statistics.errors() != 0) return exit_error;
    return run.statistics.all_accepted() ? exit_accepted : exit_rejected;
}

}  // namespace

void add_scan(CLI::App& app, int& exit_status) {
    CLI::App* command = app.add_subcommand("scan", "Scan mail and say what must not leave, and why");
    auto options = std::make_shared<ScanOptions>();
    declare(*command, *options);
    command->callback([options, &exit_status] { exit_status = scan(*options); });
}

}  // namespace postern::app
