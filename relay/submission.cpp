// SPDX-License-Identifier: Apache-2.0
#include "relay/submission.h"

#include "relay/trace.h"

#include <ctime>

namespace postern::relay {

using Decided = engine::Action;

Submission::Submission(const ListenerState& listener, const Session& session,
                       IncomingMessage& message)
    : listener_(listener),
      session_(session),
      message_(message),
      id_(session.queue_id()),
      size_(message.size()) {}

void Submission::not_stored(std::error_code error) {
    const bool full = error == std::errc::no_space_on_device;
    judgement_.action = Decided::defer;
    judgement_.reason = "The message could not be stored: " + error.message();
    judgement_.reply = full ? reply_of(replies::disk_full) : reply_of(replies::queue_trouble, id_);
}

bool Submission::begin() {
    const bool open = message_.descriptor() >= 0;
    if (!open || message_.error()) not_stored(message_.error());
    return open && !message_.error();
}

void Submission::scanned(const engine::service::client::ScanOutcome& outcome) {
    scanning_ = Clock::now() - dot_;
    judgement_ = judge(outcome.report, id_, listener_.session->message_size);
    if (!outcome.answered()) judgement_.reason = outcome.failure;
    generation_ = outcome.report.verdict.generation;
    if (outcome.answered()) coverage_ = coverage_of(outcome.report);
    if (judgement_.action == Decided::accept && !session_.hold_reason().empty()) {
        judgement_.action = Decided::hold;
        judgement_.reason = session_.hold_reason();
        judgement_.reply = reply_of(replies::held, id_);
    }
}

bool Submission::is_to_be_queued() const {
    return judgement_.action == Decided::accept || judgement_.action == Decided::hold;
}

Acceptance Submission::acceptance() const {
    const Envelope& envelope = session_.envelope();
    return {envelope,
            received_field(envelope, listener_.session->hostname, id_, std::time(nullptr)) +
                scan_field_of(id_, generation_, coverage_),
            judgement_.action == Decided::hold ? judgement_.reason : std::string()};
}

void Submission::committed(std::error_code error) {
    if (error) not_stored(error);
}

void Submission::tell(ReceptionEvents& events) const {
    events.message({id_, session_.envelope(), size_, judgement_.action, judgement_.reason,
                    judgement_.reply, generation_, coverage_, scanning_, Clock::now() - dot_});
}

}  // namespace postern::relay
