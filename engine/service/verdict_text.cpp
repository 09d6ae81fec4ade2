// SPDX-License-Identifier: Apache-2.0
#include "engine/service/verdict_text.h"

#include "engine/report.h"
#include "engine/sentence.h"

namespace postern::engine::service {

namespace {

Report report_about(const Asked& asked, Action action, Gap gap) {
    Report report;
    report.path = asked.name;
    report.verdict.message_bytes = asked.bytes;
    report.verdict.coverage.gaps.push_back(std::move(gap));
    report.decision.action = action;
    return report;
}

}  // namespace

std::string with_id(std::string json, std::string_view id) {
    if (id.empty() || json.empty()) return json;
    json.replace(0, 1, "{\"id\":\"" + std::string(id) + "\",");
    return json;
}

std::string unread_verdict(const Asked& asked, const std::string& error) {
    Report report = report_about(asked, Action::defer, {"", "unreadable", error});
    report.error = error;
    report.decision.reason = "The message could not be read: " + error + ".";
    return with_id(to_json(report), asked.id);
}

std::string given_up_verdict(const Asked& asked, const std::string& generation) {
    Report report = report_about(asked, Action::defer,
                                 {"", "scanner-failed", "the scanner failed on it twice"});
    report.verdict.generation = generation;
    report.decision.reason =
        "The message could not be scanned: the scanner failed on it twice. It is kept back until a "
        "person has looked.";
    return with_id(to_json(report), asked.id);
}

std::string too_long_verdict(const Asked& asked, std::uint64_t most) {
    Report report = report_about(asked, Action::reject,
                                 {"", "size", "larger than " + std::to_string(most) + " octets"});
    Finding finding;
    finding.kind = FindingKind::size;
    finding.name = "stream-size";
    finding.length = asked.bytes;
    report.decision.findings.push_back(std::move(finding));
    report.decision.reason = "The message is larger than " + grouped(most) +
                             " octets, the most that is scanned. "
                             "Send a smaller file or a link to it.";
    return with_id(to_json(report), asked.id);
}

}  // namespace postern::engine::service
