// SPDX-License-Identifier: Apache-2.0
// Reports about what became of a message (RFC 3464): failed, delayed, or handed to a server that sends no reports.
//
// A pure function: facts in, one multipart/report out. Words for a person stand first; the machine's part follows
// RFC 3464, with RFC 6533's forms where an address needs them; then the message or its header, as RET wants.
#pragma once

#include "relay/queue.h"
#include "relay/queued_message.h"

#include <optional>
#include <string>
#include <vector>

namespace postern::relay {

enum class ReportKind : std::uint8_t { failed, delayed, relayed };

struct ReportedRecipient {
    ForwardPath path;
    std::string status;       // RFC 3463
    std::string text;         // one visible line: a reply, or our own sentence
    std::string host;         // whose reply it is; empty: nobody's
    bool remote = false;      // `text` is a reply
    std::string history{};    // a sentence about the attempts before; may be empty
};

struct ReportFacts {
    ReportKind kind = ReportKind::failed;
    const QueuedMessage& message;
    const std::vector<ReportedRecipient>& recipients;
    std::string hostname;      // ours
    Time time{};               // of the report
    Time retried_until{};      // of a delay: when we give up
};

// Whose attempts deserve a report of that kind (RFC 3461 4.1). A message from <> never gets one.
bool wants_report(ReportKind kind, const Notify& notify);

// REQUIRES: the reverse-path is not empty, and there is a recipient. `content` as it was accepted; of it the header, or all
// when that is wanted and not larger than 64 KiB.
Report make_report(const ReportFacts& facts, const StoredContent* content);

}  // namespace postern::relay
