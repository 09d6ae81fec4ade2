// SPDX-License-Identifier: Apache-2.0
// RelayService: the parts of the relay wired together, from the start to the end of its process.
//
// SIGHUP puts a new configuration in force, whole or not at all: everything that can fail is done
// first, beside what is there (files opened, addresses bound, a scanner with other sets started),
// and what is left cannot fail. Sessions keep what they began with, but for the scanner.
#pragma once

#include "app/relay_check.h"
#include "app/relay_events.h"
#include "app/relay_options.h"
#include "app/telemetry/service_notify.h"
#include "app/telemetry/status_server.h"
#include "relay/queue_census.h"
#include "relay/scand_process.h"
#include "relay/server.h"

#include <atomic>
#include <csignal>
#include <memory>
#include <string>

namespace postern::app {

class RelayService {
public:
    // Throws UsageError, and then nothing was begun.
    explicit RelayService(std::string config_file);
    ~RelayService();

    // Until SIGTERM or SIGINT. REQUIRES: `signals` are blocked in all threads.
    void run(const sigset_t& signals);

private:
    using Scand = std::unique_ptr<relay::ScandProcess>;
    using Clock = std::chrono::steady_clock;
    struct Fresh;

    void start();
    void stop();
    void reload();
    Fresh prepare();
    Fresh prepare_beside(CheckedConfig checked);
    void put_in_force(Fresh fresh);
    Scand scand_for(const relay::RelayConfig& config, const std::string& socket);
    // False: it is not ready in time, or has ended so often.
    bool wait_for(relay::ScandProcess& scand, unsigned ends_at_most);
    std::unique_ptr<telemetry::StatusServer> status_server_for(const CheckedConfig& checked);

    void tick();
    std::string healthy() const;
    std::string ready() const;
    void note(const std::string& sentence, telemetry::Severity severity);

    const std::string config_file_;
    CheckedConfig checked_;
    telemetry::ServiceNotify notify_;
    telemetry::Log log_;
    RelayMetrics metrics_;
    RelayEvents events_;
    DeliveryLog deliveries_;
    relay::Queue queue_;
    relay::QueueCensus census_;
    relay::Resolver resolver_;
    std::unique_ptr<relay::Resolver> former_resolver_;  // until its questions are answered
    relay::Delivery delivery_;
    std::string scand_socket_;
    Scand scand_;         // null: others scan
    Scand former_scand_;  // until its scans are done
    Clock::time_point former_scand_ends_{};
    std::unique_ptr<relay::Server> server_;
    std::atomic<bool> running_ = false;
    std::unique_ptr<telemetry::StatusServer> status_;  // last: its thread asks all of the above
};

}  // namespace postern::app
