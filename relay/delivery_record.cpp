// SPDX-License-Identifier: Apache-2.0
#include "relay/delivery_record.h"

#include <algorithm>

namespace postern::relay {

namespace {

using Kind = Outcome::Kind;

void add_report(const RecordingContext& context, ReportFacts facts, Record& record) {
    const bool to_nobody = context.message.envelope.reverse_path.empty() || facts.recipients.empty();
    if (to_nobody) return;
    facts.hostname = context.options.hostname;
    facts.time = context.time;
    record.reports.push_back(make_report(facts, context.content));
}

RecipientState state_of(Kind kind) {
    return kind == Kind::delivered ? RecipientState::delivered : kind == Kind::refused ? RecipientState::failed : RecipientState::queued;
}

// Of a reply that ends nothing: the words of the last attempt stand in the report, our own status before it.
ReportedRecipient last_known(const RecordingContext& context, const QueuedRecipient& recipient, const std::string& status) {
    const bool remote = !recipient.last.host.empty();
    std::string text = recipient.last.reply;
    if (text.empty() && context.unreached) text = context.unreached(recipient);
    if (text.empty()) text = "other messages for the same server had their turn first";
    return {recipient.path, status, std::move(text), recipient.last.host, remote, {}};
}

// Of a reply, the code that it began with.
std::string status_of(const LastAttempt& last) {
    if (last.host.empty() || last.reply.size() < 4) return "4.0.0";
    return ClientReply{4 * 100, {last.reply.substr(4)}}.enhanced();
}

std::string retried_since(const RecordingContext& context) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(context.time - context.message.born).count();
    if (hours >= 48) return std::to_string(hours / 24) + " days";
    return hours > 1 ? std::to_string(hours) + " hours" : "an hour";
}

}  // namespace

std::chrono::milliseconds pause_after(const std::vector<std::chrono::seconds>& retry, std::uint32_t attempts, double lot) {
    if (retry.empty()) return std::chrono::hours(1);
    const std::chrono::seconds pause = retry[std::min<std::size_t>(attempts, retry.size() - 1)];
    return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * 1000 * (0.9 + 0.2 * lot)));
}

Record record_of(const RecordingContext& context, std::vector<Attempted>& attempted) {
    Record record{context.message.id, {}, false, {}};
    std::vector<ReportedRecipient> failed;
    std::vector<ReportedRecipient> relayed;
    for (Attempted& each : attempted) {
        const Outcome& outcome = each.outcome;
        each.next = context.time + pause_after(context.options.retry, each.recipient.attempts, context.lot);
        record.outcomes.push_back({each.recipient.position, state_of(outcome.kind), each.next,
                                   {context.time, outcome.remote ? each.host : "", outcome.text}});
        const ReportedRecipient reported{each.recipient.path, outcome.status, outcome.text, each.host, outcome.remote, {}};
        const Notify& notify = each.recipient.path.notify;
        if (outcome.kind == Kind::refused && wants_report(ReportKind::failed, notify)) failed.push_back(reported);
        if (outcome.kind == Kind::delivered && !each.reports_itself && wants_report(ReportKind::relayed, notify)) {
            relayed.push_back(reported);
        }
    }
    add_report(context, {ReportKind::failed, context.message, failed, {}, {}, {}}, record);
    add_report(context, {ReportKind::relayed, context.message, relayed, {}, {}, {}}, record);
    return record;
}

Record expiry_of(const RecordingContext& context) {
    Record record{context.message.id, {}, false, {}};
    std::vector<ReportedRecipient> failed;
    for (const QueuedRecipient& recipient : context.message.recipients) {
        if (recipient.state != RecipientState::queued) continue;
        record.outcomes.push_back({recipient.position, RecipientState::expired, {}, {context.time, recipient.last.host, recipient.last.reply}});
        if (!wants_report(ReportKind::failed, recipient.path.notify)) continue;
        ReportedRecipient reported = last_known(context, recipient, "4.4.7");
        reported.history = "It was tried for " + retried_since(context) + ". This is what came of it the last time.";
        failed.push_back(std::move(reported));
    }
    add_report(context, {ReportKind::failed, context.message, failed, {}, {}, {}}, record);
    return record;
}

Record delay_of(const RecordingContext& context, Time retried_until) {
    Record record{context.message.id, {}, true, {}};
    std::vector<ReportedRecipient> delayed;
    for (const QueuedRecipient& recipient : context.message.recipients) {
        if (recipient.state != RecipientState::queued || !wants_report(ReportKind::delayed, recipient.path.notify)) continue;
        delayed.push_back(last_known(context, recipient, status_of(recipient.last)));
    }
    add_report(context, {ReportKind::delayed, context.message, delayed, {}, {}, retried_until}, record);
    return record;
}

}  // namespace postern::relay
