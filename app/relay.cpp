// SPDX-License-Identifier: Apache-2.0
// `postern relay`: SMTP in, verdict, queue, SMTP out. Wires the parts, and obeys signals: HUP reads
// the configuration and the certificate again, TERM and INT finish what is under way.
#include "app/commands.h"
#include "app/errors.h"
#include "app/policy_file.h"
#include "app/relay_config.h"
#include "app/relay_events.h"
#include "app/relay_options.h"
#include "app/telemetry/service_notify.h"
#include "app/telemetry/status_server.h"
#include "engine/service/client/server_address.h"
#include "relay/scand_process.h"
#include "relay/server.h"

#include <sys/resource.h>
#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <optional>
#include <thread>

namespace postern::app {

namespace {

struct RelayCommand {
    std::string config;
    bool check = false;
    bool dump = false;
};

// What the parts refuse, in main()'s one kind.
template <typename Work>
auto told_by_parts(Work work) {
    try {
        return work();
    } catch (const relay::ServerError& error) {
        throw UsageError(error.what());
    } catch (const relay::TlsError& error) {
        throw UsageError(error.what());
    } catch (const relay::QueueError& error) {
        throw UsageError(error.what());
    } catch (const relay::ResolverError& error) {
        throw UsageError(error.what());
    } catch (const engine::service::client::AddressError& error) {
        throw UsageError(error.what());
    }
}

relay::RelayConfig load_and_check(const std::string& path) {
    relay::RelayConfig config = load_relay_config(path);
    told_by_parts([&] {
        if (!config.server.tls.certificate.empty()) relay::TlsContext(config.server.tls);
        for (const std::string& service : config.scan.services)
            engine::service::client::parse_server_address(service);
    });
    if (!config.scan.policy.empty()) load_policy(config.scan.policy);
    log_options(config);
    return config;
}

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

class Relay {
public:
    explicit Relay(RelayCommand command)
        : command_(std::move(command)),
          config_(load_and_check(command_.config)),
          log_(log_options(config_)),
          events_(log_, metrics_),
          deliveries_(log_, metrics_),
          queue_(queue_options(config_)),
          resolver_(dns_options(config_)),
          delivery_(queue_, resolver_, deliveries_, delivery_options(config_)) {
        if (config_.scan.services.empty()) {
            scand_.emplace(relay::ScandProcess::Options{
                own_scand_command(config_), own_scand_socket(config_),
                [this](const std::string& sentence) { events_.told(sentence); }});
        }
        server_.emplace(server_options(config_), queue_, events_);
        metrics_.before_page([this] { metrics_.set_connections(server_->connections()); });
        if (config_.metrics_address.empty()) return;
        const auto healthy = [] { return std::string(); };
        const auto ready = [this] { return std::string(ready_ ? "" : "not listening"); };
        status_.emplace(config_.metrics_address, telemetry::status_pages(metrics_.page(), {healthy, ready}));
    }

    void run(const sigset_t& signals) {
        constexpr std::chrono::minutes patience{1};
        if (scand_ && !scand_->wait_until_ready(patience))
            events_.told(
                "The scanning service is not ready yet; messages are answered 451 until it is");
        server_->start(config_.threads != 0 ? config_.threads
                                            : std::max(1u, std::thread::hardware_concurrency()));
        for (const std::string& address : server_->addresses())
            std::fprintf(stderr, "postern: listening on %s\n", address.c_str());
        delivery_.start();
        ready_ = true;
        notify_.ready("taking mail");
        for (int number = 0;;) {
            sigwait(&signals, &number);
            if (number != SIGHUP) break;
            notify_.reloading();
            reload();
            notify_.ready("taking mail");
        }
        ready_ = false;
        notify_.stopping();
        server_->stop();
        delivery_.stop(
            std::chrono::duration_cast<std::chrono::seconds>(config_.server.limits.stop_time));
    }

private:
    // A configuration that is wrong changes nothing.
    void reload() {
        try {
            relay::RelayConfig fresh = load_and_check(command_.config);
            if (scand_ && fresh.scan.services.empty()) {
                const bool other = scand_->change(own_scand_command(fresh));
                other ? scand_->restart() : scand_->signal(SIGHUP);
            }
            told_by_parts([&] { server_->reload(server_options(fresh)); });
            delivery_.reload(delivery_options(fresh));
            config_ = std::move(fresh);
            events_.told("The configuration was read again and is in force");
        } catch (const UsageError& error) {
            events_.told("The configuration stays as it was: " + std::string(error.what()));
        }
    }

    RelayCommand command_;
    relay::RelayConfig config_;
    telemetry::ServiceNotify notify_;
    telemetry::Log log_;
    RelayMetrics metrics_;
    RelayEvents events_;
    DeliveryLog deliveries_;
    relay::Queue queue_;
    relay::Resolver resolver_;
    relay::Delivery delivery_;
    std::optional<relay::ScandProcess> scand_;
    std::optional<relay::Server> server_;
    std::atomic<bool> ready_ = false;
    std::optional<telemetry::StatusServer> status_;  // last: its thread asks all of the above
};

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
    told_by_parts([&] { Relay(command).run(signals); });
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
