// SPDX-License-Identifier: Apache-2.0
// ScandTelemetry: what scand's events become: log lines, metrics, health, and words to systemd.
//
// The calls come from the service's one thread; the status pages are answered by another.
#pragma once

#include "app/telemetry/log.h"
#include "app/telemetry/metrics.h"
#include "app/telemetry/service_notify.h"
#include "app/telemetry/status_server.h"
#include "engine/service/events.h"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace postern::app::telemetry {

struct ScandTelemetryOptions {
    LogOptions log{.program = "postern-scand"};
    bool log_clean = true;       // a line for what was accepted too
    std::string status_address{};  // of /metrics and the checks; empty: none
};

class ScandTelemetry final : public engine::service::Events {
public:
    // Throws UsageError where the options cannot be had.
    explicit ScandTelemetry(const ScandTelemetryOptions& options);
    ~ScandTelemetry() override;

    void scan_finished(const engine::service::ScanFinished& scan) override;
    void worker_started(engine::service::Seconds time) override;
    void worker_ended(const engine::service::WorkerEnded& ended) override;
    void message_given_up(const engine::service::MessageGivenUp& message) override;
    void generation_changed(const engine::service::GenerationChanged& change) override;
    void connection_opened(const engine::service::ClientName& client) override;
    void connection_closed(const engine::service::ClientName& client,
                           std::string_view reason) override;
    void load_changed(const engine::service::Load& load) override;
    void ready(const std::vector<std::string>& addresses) override;
    void reloading() override;
    void stopping() override;
    void alive() override;
    void told(engine::service::Level level, std::string_view sentence) override;

    // As the pages tell it. Empty: yes; else why not. Thread-safe.
    std::string healthy() const;
    std::string is_ready() const;

    const Metrics& metrics() const { return metrics_; }
    // Of the status pages; 0: there are none.
    unsigned short status_port() const { return server_ ? server_->port() : 0; }

private:
    using Clock = std::chrono::steady_clock;
    struct Instruments;

    void refresh_age();

    const bool log_clean_;
    Log log_;
    ServiceNotify notify_;
    Metrics metrics_;
    std::unique_ptr<Instruments> instruments_;
    std::string generation_;
    std::string listening_;
    std::atomic<std::int64_t> in_force_since_{0};  // seconds since 1970; 0: nothing is
    std::atomic<bool> has_generation_{false};
    std::atomic<bool> listens_{false};
    std::atomic<bool> stops_{false};
    std::atomic<Clock::rep> last_alive_;
    std::optional<StatusServer> server_;  // last: its thread asks all of the above
};

}  // namespace postern::app::telemetry
