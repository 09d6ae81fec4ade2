// SPDX-License-Identifier: Apache-2.0
// `postern scand`: the scanning service. The same program, called again with --nursery, loads sets
// and scans.
#include "app/commands.h"
#include "app/errors.h"
#include "app/policy_file.h"
#include "app/scand_config.h"
#include "app/signature_commands.h"
#include "corpora/loader.h"
#include "engine/service/nursery.h"
#include "signatures/store/store.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>

namespace postern::app {

namespace {

namespace service = engine::service;

std::chrono::system_clock::time_point time_of(const std::string& utc) {
    std::tm fields{};
    if (::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &fields) == nullptr)
        return std::chrono::system_clock::now();
    return std::chrono::system_clock::from_time_t(::timegm(&fields));
}

struct LoadedSets {
    engine::SignatureSets sets{nullptr};
    std::chrono::system_clock::time_point since = std::chrono::system_clock::now();
};

LoadedSets load_from_store(const ScandConfig& config) {
    const signatures::Store store(config.service.store, {config.signatures.key, {}});
    const signatures::StoreState state = store.state();
    if (state.current() == nullptr) {
        throw UsageError(store.folder().native() +
                         ": holds no set yet; `postern signatures activate SET` puts one in force");
    }
    LoadedSets loaded;
    loaded.sets.active = store.load(state.current()->generation, config.service.threads);
    if (state.shadow)
        loaded.sets.shadow = store.load(state.shadow->generation, config.service.threads);
    loaded.since = time_of(state.current()->when);
    return loaded;
}

LoadedSets load_sets(const ScandConfig& config) {
    if (!config.service.store.empty()) return told([&] { return load_from_store(config); });
    LoadedSets loaded;
    loaded.sets.active = load_signatures(config.signatures, config.service.threads);
    return loaded;
}

std::size_t count_of(const signatures::SetStatistics& of) {
    return of.body_signatures + of.logical_signatures + of.digest_signatures + of.yara_rules +
           of.section_digests + of.import_digests + of.member_signatures;
}

service::Loaded load(const ScandConfig& config) {
    const LoadedSets loaded = load_sets(config);
    const engine::Policy policy =
        config.policy.empty() ? engine::default_policy() : load_policy(config.policy);
    service::Loaded to;
    to.facts.generation = loaded.sets.active->generation();
    to.facts.signatures = count_of(loaded.sets.active->statistics());
    to.facts.since = loaded.since;
    to.facts.time_limit = policy.limits.time;
    to.judge = std::make_unique<service::ScannerJudge>(
        loaded.sets, policy,
        service::ScannerJudge::Options{config.service.threads,
                                       service::small_threads_for(config.service.threads),
                                       corpora::looks_like_message});
    return to;
}

int be_nursery(const ScandConfig& config) {
    service::NurseryOptions options;
    options.load = [&] { return load(config); };
    options.threads = {service::small_threads_for(config.service.threads), config.service.threads};
    options.enclosure.memory = config.service.memory;
    if (const auto user = service::user_named(config.user)) {
        options.user = *user;
    } else {
        throw UsageError("there is no user called " + config.user +
                         "; name one that exists by [service] user");
    }
    return service::run_nursery(service::nursery_socket, options);
}

// This program as it was called: what it loads is then what this one would.
std::vector<std::string> own_command() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        words.emplace_back(text.c_str() + at);
        at += words.back().size() + 1;
    }
    words.front() = "/proc/self/exe";
    words.emplace_back("--nursery");
    return words;
}

int scand(const ScandCommandLine& line) {
    ScandConfig config = configured(line);
    if (line.check) {
        if (!config.policy.empty()) load_policy(config.policy);
        return exit_accepted;
    }
    if (line.nursery) return be_nursery(config);
    config.service.nursery_command = own_command();
    telemetry::ScandTelemetry events(config.telemetry);
    try {
        service::Scand service(std::move(config.service), events);
        if (service.addresses().empty()) {
            throw UsageError(
                "nothing to listen at; name a socket with --socket PATH or an address with --tcp "
                "ADDRESS:PORT");
        }
        service.run();
    } catch (const std::runtime_error& error) {
        throw UsageError(error.what());
    }
    return exit_accepted;
}

}  // namespace

void declare(CLI::App& command, ScandCommandLine& line) {
    command
        .add_option("-c,--config", line.config,
                    "Settings in TOML (docs/scand.md); what stands here goes before them")
        ->type_name("FILE");
    command.add_option("--socket", line.socket, "Listen at this Unix socket")->type_name("PATH");
    command.add_option("--tcp", line.tcp, "Listen at this address, in numbers; may be given again")
        ->type_name("ADDRESS:PORT")
        ->take_all()
        ->allow_extra_args(false);
    command
        .add_option("-s,--signatures", line.signatures,
                    "As for `postern scan`: sources, a folder of them, or one set file")
        ->type_name("PATH")
        ->take_all()
        ->allow_extra_args(false);
    command
        .add_option("--signature-key", line.signature_key,
                    "The set file must be signed by this Ed25519 key (public, PEM)")
        ->type_name("KEY");
    command
        .add_option(
            "--store", line.store,
            "Scan with the current set of this store, and take up what is activated meanwhile")
        ->type_name("FOLDER");
    command
        .add_option("-p,--policy", line.policy,
                    "Site rules in TOML; `postern policy show` prints those in force")
        ->type_name("FILE");
    command.add_flag("--check", line.check,
                     "Only say whether the configuration and the policy are good");
    command.add_flag("--nursery", line.nursery, "How scand starts the processes that scan")
        ->group("");
}

void add_scand(CLI::App& app, int& exit_status) {
    CLI::App* command =
        app.add_subcommand("scand", "Scan for others: clamd's protocol over a Unix socket and TCP");
    command->footer(
        "SIGHUP loads sets and policy anew; SIGTERM answers what is under way and ends.");
    auto line = std::make_shared<ScandCommandLine>();
    declare(*command, *line);
    command->callback([line, &exit_status] { exit_status = scand(*line); });
}

}  // namespace postern::app
