// SPDX-License-Identifier: Apache-2.0
// `postern signatures test`: what a set would do to mail whose worth is known, before it does it.
#include "app/commands.h"
#include "app/scan_options.h"
#include "app/signature_commands.h"
#include "app/signature_sources.h"
#include "corpora/known_mail.h"
#include "engine/identify.h"
#include "engine/parallel.h"
#include "engine/policy.h"
#include "engine/replay.h"
#include "engine/scanner.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

namespace postern::app {

namespace {

struct Options {
    std::vector<std::string> sources, against;
    std::string key;
    corpora::KnownMailPaths mail;
    engine::ReplayLimits limits;
    Format format = Format::text;
    bool stats = false;
    unsigned jobs = 0;
};

struct Run {
    const engine::Scanner& now;
    const engine::Scanner* before;  // null: nothing to compare with
    engine::Replay replay;
    std::size_t unreadable = 0;
};

class ReplayJob final : public engine::Job {
public:
    ReplayJob(Run& run, corpora::Item item, engine::Known known) : run_(run), item_(std::move(item)) {
        result_.path = item_.path + (item_.index ? "#" + std::to_string(*item_.index) : "");
        result_.known = known;
    }

    void work() override {
        if (!item_.error.empty()) return;
        // Who comes second finds the message in the cache: they take turns.
        const bool turn = item_.message.size() % 2 == 0;
        if (turn) result_.now = scan(run_.now, result_.seconds_now);
        if (run_.before) result_.before = scan(*run_.before, result_.seconds_before);
        if (!turn) result_.now = scan(run_.now, result_.seconds_now);
        item_.message = {};
    }

    void emit() override {
        if (item_.error.empty()) return run_.replay.count(result_);
        ++run_.unreadable;
        std::fprintf(stderr, "postern: %s: %s\n", engine::printable_name(result_.path).c_str(), item_.error.c_str());
    }

private:
    engine::Verdict scan(const engine::Scanner& scanner, double& seconds) const {
        const auto start = std::chrono::steady_clock::now();
        engine::Verdict verdict = item_.is_message
                                      ? scanner.scan(item_.message)
                                      : scanner.scan_file(item_.message, item_.path.substr(item_.path.rfind('/') + 1));
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return verdict;
    }

    Run& run_;
    corpora::Item item_;
    engine::Replayed result_;
};

engine::Known known(std::optional<corpora::Worth> worth) {
    if (!worth) return engine::Known::nothing;
    return *worth == corpora::Worth::good ? engine::Known::good : engine::Known::bad;
}

void replay(const corpora::KnownMailPaths& paths, engine::Arena& arena, Run& run) try {
    corpora::KnownMail mail(paths);
    const auto next = [&]() -> std::unique_ptr<engine::Job> {
        std::optional<corpora::KnownItem> one = mail.next();
        if (!one) return nullptr;
        return std::make_unique<ReplayJob>(run, std::move(one->item), known(one->worth));
    };
    arena.run([&] { engine::pipeline(4 * arena.threads() + 4, next); });
} catch (const corpora::ManifestError& error) {
    throw UsageError(error.what());
}

int test(const Options& options) {
    engine::Arena arena(options.jobs);
    const engine::Limits limits = engine::default_policy().limits;
    const engine::Scanner now(load_signatures({options.sources, options.key}, arena.threads()), limits, arena.threads());
    std::optional<engine::Scanner> before;
    if (!options.against.empty()) {
        before.emplace(load_signatures({options.against, options.key}, arena.threads()), limits, arena.threads());
    }
    using Against = engine::Replay::Against;
    Run run{now, before ? &*before : nullptr, engine::Replay(before ? Against::old_set : Against::nothing)};
    replay(options.mail, arena, run);
    run.replay.count(now.rule_uses());
    // A gate that looked at nothing must not open.
    if (run.replay.messages() == 0) throw UsageError("no message to test on; name mail after --corpus, --known-good or --known-bad");
    const bool json = options.format == Format::json;
    std::fputs((json ? run.replay.json(options.limits) : run.replay.text(options.limits)).c_str(), stdout);
    if (options.stats && !json) std::fputs(run.replay.dearest().c_str(), stdout);
    if (run.unreadable != 0) return exit_error;
    return run.replay.refusals(options.limits).empty() ? exit_accepted : exit_rejected;
}

}  // namespace

void add_signatures_test(CLI::App& group, int& exit_status) {
    CLI::App* command = group.add_subcommand("test", "Say what a set does to known mail, beside what an old one did");
    const auto options = std::make_shared<Options>();
    const auto paths = [&](const char* name, std::vector<std::string>& to, const char* help) {
        return command->add_option(name, to, help)->type_name("PATH");
    };
    paths("SET", options->sources, "A set file, or signature files and folders of them")->required();
    const auto once = [](CLI::Option* option) { option->take_all()->allow_extra_args(false); };
    once(paths("--corpus", options->mail.corpus, "Mail; manifest.jsonl in it may say what is good and bad"));
    once(paths("--known-good", options->mail.good, "Mail in which nothing may be found"));
    once(paths("--known-bad", options->mail.bad, "Mail in which something must be found"));
    once(paths("--against", options->against, "The set in force, to be compared with"));
    command->add_option("--key", options->key, "The public Ed25519 key that must have signed SET (and OLD)")->type_name("FILE");
    command->add_option("--max-false-positives", options->limits.false_positives,
                        "So many known-good messages may be hit")->type_name("N")->capture_default_str();
    command->add_option("--max-lost", options->limits.lost, "So many known-bad messages may be lost")
        ->type_name("N")->capture_default_str();
    command->add_flag("--stats", options->stats, "Tell the dearest rules of SET as well; the JSON always does");
    command->add_option("-j,--jobs", options->jobs, "Threads to use (default: all cores)")->check(CLI::Range(1u, 1024u));
    command->add_option("-f,--format", options->format, "text (default) or json")->type_name("text|json")->transform(
        CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
    command->footer("Exit status: 0 the set may go live, 1 it hits good mail or loses bad mail, 2 an error.");
    command->callback([options, &exit_status] { exit_status = test(*options); });
}

}  // namespace postern::app
