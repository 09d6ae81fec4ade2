// SPDX-License-Identifier: Apache-2.0
// The relay's numbers, in Prometheus' words: what came in, what was decided, how long it took, what became of it.
#pragma once

#include "app/telemetry/metrics.h"
#include "relay/delivery_events.h"
#include "relay/reception_events.h"

namespace postern::app {

// Thread-safe.
class RelayMetrics {
public:
    RelayMetrics();

    void count(const relay::Reception& reception);
    void count(const relay::Refusal& refusal);
    void count(const relay::DeliveryAttempt& attempt);
    void count_report(std::string_view what);
    void count_connection();
    void count_tls();
    void set_connections(std::size_t connections) { open_.set(static_cast<double>(connections)); }
    // Called before the page is written: for set_connections().
    void before_page(std::function<void()> refresh) { metrics_.before_text(std::move(refresh)); }

    const telemetry::Metrics& page() const { return metrics_; }

private:
    telemetry::Metrics metrics_;
    telemetry::Counter connections_;
    telemetry::Counter tls_;
    telemetry::Counter octets_;
    telemetry::Histogram after_dot_;
    telemetry::Histogram scanning_;
    telemetry::Gauge open_;
};

}  // namespace postern::app
