// SPDX-License-Identifier: Apache-2.0
// A report about anything parses: whatever addresses, replies, identifiers and messages are in it, it has its three parts,
// lines that SMTP can carry, and no field that was not written by us.
#include "mime/parser.h"
#include "relay/bounce.h"
#include "relay/client_reply.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace postern;
using namespace postern::relay;

std::string take(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string part(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

// Our own lines: all up to the message that is given back.
void check_lines(std::string_view octets) {
    while (!octets.empty()) {
        const std::size_t end = octets.find("\r\n");
        if (end == std::string_view::npos || end > 998) std::abort();
        const std::string_view line = octets.substr(0, end);
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) std::abort();
        octets.remove_prefix(end + 2);
    }
}

// Each line of the status part is one of our fields, what continues one, or empty.
void check_status(std::string_view part) {
    constexpr std::string_view names[] = {"Original-Envelope-Id", "Reporting-MTA", "Arrival-Date", "Original-Recipient", "Final-Recipient",
                                          "Action", "Status", "Remote-MTA", "Diagnostic-Code", "Last-Attempt-Date", "Will-Retry-Until"};
    while (!part.empty()) {
        const std::size_t end = std::min(part.find("\r\n"), part.size());
        const std::string_view line = part.substr(0, end);
        const bool known = std::any_of(std::begin(names), std::end(names), [&](std::string_view name) {
            return line.starts_with(name) && line.substr(name.size()).starts_with(":");
        });
        if (!line.empty() && line.front() != ' ' && !known) {
            std::fprintf(stderr, "no line of ours: %.*s\n", static_cast<int>(line.size()), line.data());
            std::abort();
        }
        part.remove_prefix(std::min(end + 2, part.size()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
    QueuedMessage message;
    message.id = QueueId{1234567890123};
    message.envelope.reverse_path = "a@from.example";
    message.envelope.envelope_id = take(text);
    message.envelope.ret = static_cast<Return>(data[0] % 3);
    message.facts.eight_bit_header = (data[0] & 4) != 0;
    ReportedRecipient one;
    one.path.mailbox = take(text);
    one.path.original_recipient = take(text);
    one.status = ClientReply{static_cast<int>(400 + data[1] % 200), {take(text)}}.enhanced();
    one.text = visible(take(text));  // as the client keeps replies
    one.host = take(text).substr(0, 100);
    one.remote = (data[0] & 8) != 0;
    const auto boundary = text.find("=_postern_");
    const StoredContent content("Received: by us\r\n", std::string(boundary == std::string_view::npos ? text : std::string_view()));
    const auto kind = static_cast<ReportKind>(data[1] % 3);
    const ReportFacts facts{kind, message, {one, one}, "relay.example", Time{}, Time{}};
    const Report report = make_report(facts, &content);

    const mime::ParsedMessage parsed = mime::parse(std::as_bytes(std::span(report.octets)));
    if (parsed.root.children.size() != 3) std::abort();
    const std::string_view all = report.octets;
    const mime::Entity& status = parsed.root.children[1];
    check_lines(all.substr(0, parsed.root.children[2].header_range.begin));
    check_status(all.substr(status.body_range.begin, status.body_range.size()));
    return 0;
}
