// SPDX-License-Identifier: Apache-2.0
// The relay's log: a record for each message, each refusal, each attempt to deliver, each end.
#pragma once

#include "app/telemetry/log.h"
#include "relay/delivery_events.h"
#include "relay/reception_events.h"

namespace postern::app {

// Thread-safe. REQUIRES: `log` outlives it.
class RelayEvents final : public relay::ReceptionEvents {
public:
    explicit RelayEvents(telemetry::Log& log) : log_(log) {}

    void message(const relay::Reception& reception) override;
    void refused(const relay::Refusal& refusal) override;
    void told(std::string_view sentence) override;

private:
    telemetry::Log& log_;
};

// The same for the sending half.
class DeliveryLog final : public relay::DeliveryEvents {
public:
    explicit DeliveryLog(telemetry::Log& log) : log_(log) {}

    void attempted(const relay::DeliveryAttempt& attempt) override;
    void expired(const relay::QueuedMessage& message,
                 const relay::QueuedRecipient& recipient) override;
    void reported(const relay::QueuedMessage& message, std::string_view what) override;
    void completed(const relay::QueuedMessage& message) override;
    void told(std::string_view sentence) override;

private:
    telemetry::Log& log_;
};

}  // namespace postern::app
