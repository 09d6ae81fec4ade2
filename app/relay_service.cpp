// SPDX-License-Identifier: Apache-2.0
#include "app/relay_service.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <thread>

namespace postern::app {

using namespace std::chrono_literals;
using telemetry::Record;
using telemetry::Severity;

namespace {

constexpr auto tick_every = 1s;
constexpr auto patience_with_scand = 60s;     // at a start, and at a reload with other sets
constexpr auto patience_with_loops = 2000ms;  // a loop that takes longer to come round hangs

unsigned threads_of(const relay::RelayConfig& config) {
    return config.threads != 0 ? config.threads : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

// All that a new configuration needs, ready to be put in force.
struct RelayService::Fresh {
    CheckedConfig checked;
    std::unique_ptr<telemetry::Log> log;
    std::unique_ptr<relay::Resolver> resolver;
    std::unique_ptr<telemetry::StatusServer> status;
    bool same_status = false;
    Scand scand;
    std::string scand_socket;
    bool same_scand = false;
};

RelayService::RelayService(std::string config_file)
    : config_file_(std::move(config_file)),
      checked_(load_and_check(config_file_)),
      log_(log_options(checked_.config)),
      events_(log_, metrics_),
      deliveries_(log_, metrics_),
      queue_(queue_options(checked_.config)),
      census_(checked_.config.state_directory),
      resolver_(dns_options(checked_.config)),
      delivery_(queue_, resolver_, deliveries_, delivery_options(checked_.config)),
      scand_socket_(own_scand_socket(checked_.config)) {
    for (const relay::QueueProblem& problem : queue_.found_at_start()) {
        note(problem.id.text() + " is held, since it is damaged: " + problem.what, Severity::error);
    }
    scand_ = scand_for(checked_.config, scand_socket_);
    server_ = std::make_unique<relay::Server>(server_options(checked_.config, scand_socket_),
                                              queue_, events_);
    metrics_.before_page([this] {
        metrics_.set_connections(server_->connections());
        metrics_.set_queue(census_, queue_);
    });
    status_ = status_server_for(checked_);
}

RelayService::~RelayService() = default;

RelayService::Scand RelayService::scand_for(const relay::RelayConfig& config,
                                            const std::string& socket) {
    if (!config.scan.services.empty()) return nullptr;
    return std::make_unique<relay::ScandProcess>(relay::ScandProcess::Options{
        own_scand_command(config, socket), socket,
        [this](const std::string& sentence) { events_.told(sentence); }});
}

std::unique_ptr<telemetry::StatusServer> RelayService::status_server_for(
    const CheckedConfig& checked) {
    const std::string& address = checked.config.metrics_address;
    if (address.empty()) return nullptr;
    std::unique_ptr<telemetry::StatusServer> server;
    told_by_parts(checked.places, "metrics.address", [&] {
        server = std::make_unique<telemetry::StatusServer>(
            address, telemetry::status_pages(metrics_.page(), {[this] { return healthy(); },
                                                               [this] { return ready(); }}));
    });
    return server;
}

void RelayService::note(const std::string& sentence, Severity severity) {
    log_.write(Record("note", severity).text("text", sentence));
}

void RelayService::run(const sigset_t& signals) {
    start();
    const timespec tick_time{std::chrono::seconds(tick_every).count(), 0};
    for (;;) {
        const int number = sigtimedwait(&signals, nullptr, &tick_time);
        if (number == SIGHUP) reload();
        if (number == SIGTERM || number == SIGINT) break;
        tick();
    }
    stop();
}

void RelayService::start() {
    if (scand_ && !wait_for(*scand_, std::numeric_limits<unsigned>::max())) {
        note("The scanning service is not ready yet; messages are answered 451 until it is",
             Severity::warning);
    }
    server_->start(threads_of(checked_.config));
    for (const std::string& address : server_->addresses()) {
        std::fprintf(stderr, "postern: listening on %s\n", address.c_str());
    }
    delivery_.start();
    running_ = true;
    log_.write(Record("start")
                   .texts("listeners", server_->addresses())
                   .text("hostname", checked_.config.server.hostname));
    notify_.ready("taking mail");
}

void RelayService::stop() {
    notify_.stopping();
    running_ = false;
    server_->stop();
    delivery_.stop(
        std::chrono::duration_cast<std::chrono::seconds>(checked_.config.server.limits.stop_time));
    log_.write(Record("stop"));
}

void RelayService::tick() {
    if (notify_.watchdog() && healthy().empty()) notify_.alive();
    if (former_scand_ && Clock::now() > former_scand_ends_) former_scand_.reset();
}

bool RelayService::wait_for(relay::ScandProcess& scand, unsigned ends_at_most) {
    for (const auto end = Clock::now() + patience_with_scand;
         Clock::now() < end && scand.ends() < ends_at_most;) {
        if (scand.wait_until_ready(tick_every)) return true;
        if (notify_.watchdog()) notify_.alive();
    }
    return false;
}

// ---- A new configuration

void RelayService::reload() {
    notify_.reloading();
    try {
        put_in_force(prepare());
        log_.write(Record("reload")
                       .text("outcome", "in force")
                       .text("text", "The configuration was read again and is in force"));
    } catch (const UsageError& error) {
        log_.write(
            Record("reload", Severity::error)
                .text("outcome", "refused")
                .text("text", "The configuration stays as it was: " + std::string(error.what())));
    }
    notify_.ready("taking mail");
}

RelayService::Fresh RelayService::prepare() {
    CheckedConfig checked = load_and_check(config_file_);
    relay::RelayConfig& config = checked.config;
    if (config.state_directory != checked_.config.state_directory ||
        config.threads != checked_.config.threads) {
        note("`state_directory` and `threads` change at the next start only", Severity::warning);
        config.state_directory = checked_.config.state_directory;
        config.threads = checked_.config.threads;
    }
    return prepare_beside(std::move(checked));
}

// Beside what is there. The server comes last, since it changes by itself if it can.
RelayService::Fresh RelayService::prepare_beside(CheckedConfig checked) {
    Fresh fresh;
    const relay::RelayConfig& config = checked.config;
    told_by_parts(checked.places, "log.target",
                  [&] { fresh.log = std::make_unique<telemetry::Log>(log_options(config)); });
    fresh.resolver = std::make_unique<relay::Resolver>(dns_options(config));
    fresh.same_status = config.metrics_address == checked_.config.metrics_address;
    if (!fresh.same_status) fresh.status = status_server_for(checked);
    fresh.same_scand = scand_ && config.scan.services.empty() &&
                       scand_->words() == own_scand_command(config, scand_socket_);
    fresh.scand_socket = scand_socket_;
    if (!fresh.same_scand && config.scan.services.empty()) {
        fresh.scand_socket = other_scand_socket(config, scand_socket_);
        former_scand_.reset();  // it may have that socket
        fresh.scand = scand_for(config, fresh.scand_socket);
        told_by_parts(checked.places, "scan.sets", [&] {
            if (!wait_for(*fresh.scand, 1))
                throw UsageError(
                    "the scanning service does not start with these; the log says why");
        });
    }
    told_by_parts([&] { server_->reload(server_options(config, fresh.scand_socket)); });
    fresh.checked = std::move(checked);
    return fresh;
}

void RelayService::put_in_force(Fresh fresh) {
    const relay::RelayConfig& config = fresh.checked.config;
    log_.swap(*fresh.log);
    resolver_.swap(*fresh.resolver);
    former_resolver_ = std::move(fresh.resolver);
    if (!fresh.same_status) status_ = std::move(fresh.status);
    if (fresh.same_scand) {
        scand_->signal(SIGHUP);  // policy and sets may be others under the same names
    } else {
        former_scand_ = std::move(scand_);
        former_scand_ends_ = Clock::now() + checked_.config.scan.time;
        scand_ = std::move(fresh.scand);
        scand_socket_ = fresh.scand_socket;
    }
    delivery_.reload(delivery_options(config));
    queue_.change_ages(config.delivery.delay_warning, config.delivery.expire);
    checked_ = std::move(fresh.checked);
}

// ---- What /healthz, /readyz and the watchdog ask

std::string RelayService::healthy() const {
    if (!running_) return {};
    if (!server_->turns(patience_with_loops)) return "the receiving half hangs";
    if (!delivery_.turns(patience_with_loops)) return "the delivery hangs";
    return {};
}

std::string RelayService::ready() const {
    if (!running_) return "not listening";
    if (const std::error_code trouble = queue_.trouble())
        return "the queue takes nothing: " + trouble.message();
    if (!server_->has_scanner()) return "no scanning service answers";
    return healthy();
}

}  // namespace postern::app
