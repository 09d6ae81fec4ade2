// SPDX-License-Identifier: Apache-2.0
// `postern relay`: SMTP in, verdict, queue, SMTP out. relay_service.cpp wires the parts and obeys signals.
#include "app/commands.h"
#include "app/relay_service.h"

#include <sys/resource.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

namespace postern::app {

namespace {

struct RelayCommand {
    std::string config;
    bool check = false;
    bool dump = false;
};

// Signals are waited for by the main thread alone.
sigset_t hold_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

void allow_many_descriptors() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int relay_main(const RelayCommand& command) {
    if (command.dump) {
        const bool defaults = command.config.empty();
        const relay::RelayConfig config =
            defaults ? relay::default_relay_config() : load_relay_config(command.config);
        std::fputs(dump_relay_config(config, Comments::with).c_str(), stdout);
        return exit_accepted;
    }
    if (command.check) {
        load_and_check(command.config);
        std::puts("The configuration is good.");
        return exit_accepted;
    }
    const sigset_t signals = hold_signals();
    allow_many_descriptors();
    told_by_parts([&] { RelayService(command.config).run(signals); });
    return exit_accepted;
}

}  // namespace

void add_relay(CLI::App& app, int& exit_status) {
    CLI::App* command = app.add_subcommand(
        "relay", "Take mail by SMTP, scan it while the sender waits, and deliver it");
    auto options = std::make_shared<RelayCommand>();
    command
        ->add_option("-c,--config", options->config,
                     "The configuration, in TOML; conf.d/*.toml beside it is read behind it")
        ->type_name("FILE");
    command->add_flag("--check", options->check,
                      "Say whether the configuration is good, and do nothing");
    command->add_flag("--dump", options->dump,
                      "Print the configuration in force, every key written out, and do nothing");
    command->footer(
        "SIGHUP reads the configuration and the certificate again; SIGTERM finishes what is under "
        "way.");
    command->callback([options, &exit_status] { exit_status = relay_main(*options); });
}

}  // namespace postern::app
