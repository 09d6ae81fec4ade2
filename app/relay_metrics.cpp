// SPDX-License-Identifier: Apache-2.0
#include "app/relay_metrics.h"

#include <array>

namespace postern::app {

namespace {

using telemetry::Labels;
using telemetry::MetricName;
using Kind = relay::Outcome::Kind;

const MetricName messages_total{"postern_relay_messages_total",
                                "Messages whose final dot was seen, by decision."};
const MetricName deliveries_total{
    "postern_relay_deliveries_total",
    "Attempts to deliver to a recipient, by outcome, class of reply and use of TLS."};
const MetricName queue_messages{"postern_relay_queue_messages",
                                "Messages in the queue, by state and age."};
const MetricName queue_bytes{"postern_relay_queue_bytes",
                             "Octets of messages in the queue, by state."};
const MetricName queue_oldest{"postern_relay_queue_oldest_seconds",
                              "Age of the oldest message, by state; 0: none."};

constexpr std::array states{relay::MessageState::waiting, relay::MessageState::deferred,
                            relay::MessageState::held};
// Names of relay::age_limits.
constexpr std::array ages{"5m", "1h", "4h", "1d", "more"};
static_assert(ages.size() == relay::age_limits.size());

// "550" -> "5xx": a label of few values. No reply: nobody was reached, or it broke off.
std::string class_of(std::string_view reply) {
    if (reply.empty() || reply.front() < '2' || reply.front() > '5') return "none";
    return std::string(1, reply.front()) + "xx";
}

std::string_view name_of(Kind kind) {
    return kind == Kind::delivered ? "delivered" : kind == Kind::deferred ? "deferred" : "refused";
}

Labels of_delivery(Kind kind, std::string reply_class, bool tls) {
    return {{"outcome", std::string(name_of(kind))},
            {"class", std::move(reply_class)},
            {"tls", tls ? "yes" : "no"}};
}

// From a second to five days.
std::vector<double> transit_buckets() {
    return {1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 86400, 2 * 86400, 5 * 86400};
}

}  // namespace

RelayMetrics::RelayMetrics()
    : connections_(
          metrics_.counter({"postern_relay_connections_total", "SMTP connections taken."})),
      tls_(metrics_.counter({"postern_relay_tls_total", "Sessions that use TLS."})),
      octets_(metrics_.counter(
          {"postern_relay_received_bytes_total", "Octets of messages whose final dot was seen."})),
      after_dot_(metrics_.histogram(
          {"postern_relay_after_dot_seconds", "From the final dot to the reply."},
          telemetry::latency_buckets())),
      scanning_(metrics_.histogram({"postern_relay_scan_seconds", "Waiting for a verdict."},
                                   telemetry::latency_buckets())),
      retries_(metrics_.counter(
          {"postern_relay_retries_total", "Attempts to deliver that were not the first."})),
      attempts_(metrics_.histogram(
          {"postern_relay_attempt_seconds", "Attempts to deliver, from the connection on."},
          telemetry::latency_buckets())),
      transit_(metrics_.histogram(
          {"postern_relay_transit_seconds", "From the arrival of a message to its delivery."},
          transit_buckets())),
      open_(metrics_.gauge({"postern_relay_connections", "SMTP connections that are open."})) {
    for (const char* decision : {"accept", "hold", "defer", "reject"}) {
        for (const char* tls : {"yes", "no"})
            metrics_.counter(messages_total, {{"decision", decision}, {"tls", tls}});
    }
    for (const bool tls : {true, false}) {
        metrics_.counter(deliveries_total, of_delivery(Kind::delivered, "2xx", tls));
        metrics_.counter(deliveries_total, of_delivery(Kind::deferred, "4xx", tls));
        metrics_.counter(deliveries_total, of_delivery(Kind::refused, "5xx", tls));
    }
    set_counts({}, {});
}

void RelayMetrics::count(const relay::Reception& reception) {
    const bool tls = !reception.envelope.client.tls.empty();
    const Labels labels{{"decision", std::string(name_of(reception.action))},
                        {"tls", tls ? "yes" : "no"}};
    metrics_.counter(messages_total, labels).add();
    octets_.add(static_cast<double>(reception.size));
    after_dot_.observe(reception.after_dot.count());
    scanning_.observe(reception.scanning.count());
}

void RelayMetrics::count(const relay::Refusal& refusal) {
    metrics_
        .counter({"postern_relay_refusals_total",
                  "Commands and connections that were refused, by class of reply."},
                 {{"class", class_of(refusal.reply)}})
        .add();
}

void RelayMetrics::count(const relay::DeliveryAttempt& attempt) {
    const relay::Outcome& outcome = attempt.outcome;
    const std::string reply_class = outcome.remote ? class_of(outcome.text) : "none";
    metrics_.counter(deliveries_total, of_delivery(outcome.kind, reply_class, !attempt.tls.empty()))
        .add();
    if (attempt.recipient.attempts > 0) retries_.add();
    attempts_.observe(std::chrono::duration<double>(attempt.took).count());
    if (outcome.kind != Kind::delivered) return;
    transit_.observe(std::chrono::duration<double>(relay::now() - attempt.message.arrived).count());
}

void RelayMetrics::count_report(std::string_view what) {
    metrics_
        .counter({"postern_relay_reports_total", "Reports to senders (RFC 3464)."},
                 {{"what", std::string(what)}})
        .add();
}

void RelayMetrics::count_expiration() {
    metrics_
        .counter({"postern_relay_expirations_total",
                  "Recipients whose message was not delivered in its life."})
        .add();
}

void RelayMetrics::count_completion() {
    metrics_.counter({"postern_relay_completions_total", "Messages that left the queue."}).add();
}

void RelayMetrics::count_connection() {
    connections_.add();
}
void RelayMetrics::count_tls() {
    tls_.add();
}

void RelayMetrics::set_queue(relay::QueueCensus& census, const relay::Queue& queue) {
    metrics_
        .gauge({"postern_relay_queue_usable",
                "1 while messages can be taken, 0 when the disk fails or is full."})
        .set(queue.trouble() ? 0 : 1);
    const std::lock_guard lock(counting_);
    const auto begin = Clock::now();
    if (begin < count_again_) return;
    const relay::Time time = relay::now();
    set_counts(census.count(time), time);
    count_again_ = Clock::now() + 20 * (Clock::now() - begin);
}

void RelayMetrics::set_counts(const std::vector<relay::QueueCount>& counts, relay::Time time) {
    for (const relay::MessageState state : states) {
        std::array<double, ages.size()> messages{};
        double octets = 0;
        relay::Time oldest = time;
        for (const relay::QueueCount& count : counts) {
            if (count.state != state) continue;
            messages[count.age] = static_cast<double>(count.messages);
            octets += static_cast<double>(count.octets);
            oldest = std::min(oldest, count.oldest);
        }
        const std::string name = name_of(state);
        for (std::size_t i = 0; i < ages.size(); ++i) {
            metrics_.gauge(queue_messages, {{"state", name}, {"age", ages[i]}}).set(messages[i]);
        }
        metrics_.gauge(queue_bytes, {{"state", name}}).set(octets);
        metrics_.gauge(queue_oldest, {{"state", name}})
            .set(std::chrono::duration<double>(time - oldest).count());
    }
}

}  // namespace postern::app
