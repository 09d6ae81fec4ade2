// SPDX-License-Identifier: Apache-2.0
#include "app/relay_events.h"

namespace postern::app {

using telemetry::Record;
using telemetry::Severity;

void RelayEvents::message(const relay::Reception& reception) {
    metrics_.count(reception);
    const bool trouble = reception.action == engine::Action::defer;
    Record record("reception", trouble ? Severity::warning : Severity::information);
    std::vector<std::string> recipients;
    for (const auto& path : reception.envelope.forward_paths) recipients.push_back(path.mailbox);
    const relay::Client& client = reception.envelope.client;
    record.text("id", reception.id)
        .text("decision", name_of(reception.action))
        .text("from", "<" + reception.envelope.reverse_path + ">")
        .texts("to", recipients)
        .number("size", reception.size)
        .text("client", client.address)
        .text("helo", client.helo)
        .text("protocol", client.protocol)
        .text("tls", client.tls)
        .text("listener", client.listener)
        .text("generation", reception.generation)
        .text("coverage", reception.coverage)
        .number("code", static_cast<std::uint64_t>(reception.reply.code))
        .text("enhanced_code", reception.reply.enhanced)
        .text("reason", reception.reason)
        .seconds("scan_seconds", reception.scanning.count())
        .seconds("seconds_after_dot", reception.after_dot.count());
    log_.write(record);
}

void RelayEvents::refused(const relay::Refusal& refusal) {
    metrics_.count(refusal);
    Record record("refusal");
    record.text("client", refusal.client.address)
        .text("helo", refusal.client.helo)
        .text("listener", refusal.client.listener)
        .text("reply", refusal.reply.substr(0, refusal.reply.find("\r\n")));
    log_.write(record);
}

void RelayEvents::told(std::string_view sentence) {
    log_.write(Record("note", Severity::warning).text("text", sentence));
}

namespace {

std::string_view name_of(relay::Outcome::Kind kind) {
    using Kind = relay::Outcome::Kind;
    return kind == Kind::delivered ? "delivered" : kind == Kind::deferred ? "deferred" : "refused";
}

Record about(std::string_view event, const relay::QueuedMessage& message,
             Severity severity = Severity::information) {
    Record record(event, severity);
    record.text("id", message.id.text()).text("from", "<" + message.envelope.reverse_path + ">");
    return record;
}

}  // namespace

void DeliveryLog::attempted(const relay::DeliveryAttempt& attempt) {
    metrics_.count(attempt);
    using relay::Outcome;
    const bool refused = attempt.outcome.kind == Outcome::Kind::refused;
    Record record = about("delivery", attempt.message, refused ? Severity::warning : Severity::information);
    record.text("to", attempt.recipient.path.mailbox)
        .text("outcome", name_of(attempt.outcome.kind))
        .text("host", attempt.host)
        .text("source_address", attempt.source_address)
        .text("tls", attempt.tls)
        .text("status", attempt.outcome.status)
        .text("command", attempt.outcome.command)
        .text("reply", attempt.outcome.text)
        .number("attempt", attempt.recipient.attempts + 1)
        .seconds("seconds", std::chrono::duration<double>(attempt.took).count());
    if (attempt.outcome.kind == Outcome::Kind::deferred) {
        record.seconds("retry_in_seconds", std::chrono::duration<double>(attempt.next - relay::now()).count());
    }
    log_.write(record);
}

void DeliveryLog::expired(const relay::QueuedMessage& message,
                          const relay::QueuedRecipient& recipient) {
    metrics_.count_expiration();
    log_.write(about("expiration", message)
                   .text("to", recipient.path.mailbox)
                   .text("reply", recipient.last.reply));
}

void DeliveryLog::reported(const relay::QueuedMessage& message, std::string_view what) {
    metrics_.count_report(what);
    log_.write(about("report", message).text("what", what));
}

void DeliveryLog::completed(const relay::QueuedMessage& message) {
    metrics_.count_completion();
    log_.write(about("completion", message)
                   .seconds("seconds", std::chrono::duration<double>(relay::now() - message.arrived).count()));
}

void DeliveryLog::told(std::string_view sentence) {
    log_.write(Record("note", Severity::warning).text("text", sentence));
}

}  // namespace postern::app
