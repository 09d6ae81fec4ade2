// SPDX-License-Identifier: Apache-2.0
#include "app/relay_metrics.h"

namespace postern::app {

namespace {

// "550" → "5xx": a label of few values.
std::string class_of(std::string_view reply) {
    if (reply.empty() || reply.front() < '2' || reply.front() > '5') return "none";
    return std::string(1, reply.front()) + "xx";
}

}  // namespace

RelayMetrics::RelayMetrics()
    : connections_(metrics_.counter({"postern_relay_connections_total", "SMTP connections taken."})),
      tls_(metrics_.counter({"postern_relay_tls_total", "Sessions that use TLS."})),
      octets_(metrics_.counter({"postern_relay_received_bytes_total", "Octets of messages whose final dot was seen."})),
      after_dot_(metrics_.histogram({"postern_relay_after_dot_seconds", "From the final dot to the reply."},
                                    telemetry::latency_buckets())),
      scanning_(metrics_.histogram({"postern_relay_scan_seconds", "Waiting for a verdict."},
                                   telemetry::latency_buckets())),
      open_(metrics_.gauge({"postern_relay_connections", "SMTP connections that are open."})) {
    for (const char* decision : {"accept", "hold", "defer", "reject"}) {
        metrics_.counter({"postern_relay_messages_total", "Messages whose final dot was seen, by decision."},
                         {{"decision", decision}});
    }
    for (const char* outcome : {"delivered", "deferred", "refused"}) {
        metrics_.counter({"postern_relay_deliveries_total", "Attempts to deliver, by outcome."}, {{"outcome", outcome}});
    }
}

void RelayMetrics::count(const relay::Reception& reception) {
    metrics_
        .counter({"postern_relay_messages_total", "Messages whose final dot was seen, by decision."},
                 {{"decision", std::string(name_of(reception.action))}})
        .add();
    octets_.add(static_cast<double>(reception.size));
    after_dot_.observe(reception.after_dot.count());
    scanning_.observe(reception.scanning.count());
}

void RelayMetrics::count(const relay::Refusal& refusal) {
    metrics_
        .counter({"postern_relay_refusals_total", "Commands and connections that were refused, by class of reply."},
                 {{"class", class_of(refusal.reply)}})
        .add();
}

void RelayMetrics::count(const relay::DeliveryAttempt& attempt) {
    using Kind = relay::Outcome::Kind;
    const Kind kind = attempt.outcome.kind;
    const char* outcome = kind == Kind::delivered ? "delivered" : kind == Kind::deferred ? "deferred" : "refused";
    metrics_.counter({"postern_relay_deliveries_total", "Attempts to deliver, by outcome."}, {{"outcome", outcome}}).add();
}

void RelayMetrics::count_report(std::string_view what) {
    metrics_.counter({"postern_relay_reports_total", "Reports to senders (RFC 3464)."}, {{"what", std::string(what)}}).add();
}

void RelayMetrics::count_connection() { connections_.add(); }
void RelayMetrics::count_tls() { tls_.add(); }

}  // namespace postern::app
