// SPDX-License-Identifier: Apache-2.0
// The relay's numbers, in Prometheus' words: what came in, what was decided, how long it took, what
// became of it.
#pragma once

#include "app/telemetry/metrics.h"
#include "relay/delivery_events.h"
#include "relay/queue.h"
#include "relay/queue_census.h"
#include "relay/reception_events.h"

#include <chrono>
#include <mutex>

namespace postern::app {

// Thread-safe.
class RelayMetrics {
public:
    RelayMetrics();

    void count(const relay::Reception& reception);
    void count(const relay::Refusal& refusal);
    void count(const relay::DeliveryAttempt& attempt);
    void count_report(std::string_view what);
    void count_expiration();
    void count_completion();
    void count_connection();
    void count_tls();
    void set_connections(std::size_t connections) { open_.set(static_cast<double>(connections)); }
    // Counted anew when that is worth its time: at most a twentieth of it is spent counting.
    void set_queue(relay::QueueCensus& census, const relay::Queue& queue);
    // Called before the page is written: for set_connections() and set_queue().
    void before_page(std::function<void()> refresh) { metrics_.before_text(std::move(refresh)); }

    const telemetry::Metrics& page() const { return metrics_; }

private:
    using Clock = std::chrono::steady_clock;
    void set_counts(const std::vector<relay::QueueCount>& counts, relay::Time time);

    telemetry::Metrics metrics_;
    telemetry::Counter connections_;
    telemetry::Counter tls_;
    telemetry::Counter octets_;
    telemetry::Histogram after_dot_;
    telemetry::Histogram scanning_;
    telemetry::Counter retries_;
    telemetry::Histogram attempts_;
    telemetry::Histogram transit_;
    telemetry::Gauge open_;
    std::mutex counting_;
    Clock::time_point count_again_{};
};

}  // namespace postern::app
