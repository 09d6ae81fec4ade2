// SPDX-License-Identifier: Apache-2.0
// What is told of the relay: a log record for each message, each refusal, each attempt to deliver, each end; and the
// numbers beside it.
#pragma once

#include "app/relay_metrics.h"
#include "app/telemetry/log.h"
#include "relay/delivery_events.h"
#include "relay/reception_events.h"

namespace postern::app {

// Thread-safe. REQUIRES: `log` and `metrics` outlive it.
class RelayEvents final : public relay::ReceptionEvents {
public:
    RelayEvents(telemetry::Log& log, RelayMetrics& metrics) : log_(log), metrics_(metrics) {}

    void message(const relay::Reception& reception) override;
    void refused(const relay::Refusal& refusal) override;
    void connected(const relay::Client&) override { metrics_.count_connection(); }
    void tls_started(const relay::Client&) override { metrics_.count_tls(); }
    void told(std::string_view sentence) override;

private:
    telemetry::Log& log_;
    RelayMetrics& metrics_;
};

// The same for the sending half.
class DeliveryLog final : public relay::DeliveryEvents {
public:
    DeliveryLog(telemetry::Log& log, RelayMetrics& metrics) : log_(log), metrics_(metrics) {}

    void attempted(const relay::DeliveryAttempt& attempt) override;
    void expired(const relay::QueuedMessage& message,
                 const relay::QueuedRecipient& recipient) override;
    void reported(const relay::QueuedMessage& message, std::string_view what) override;
    void completed(const relay::QueuedMessage& message) override;
    void told(std::string_view sentence) override;

private:
    telemetry::Log& log_;
    RelayMetrics& metrics_;
};

}  // namespace postern::app
