// SPDX-License-Identifier: Apache-2.0
#include "relay/judgement.h"

#include "engine/sentence.h"

#include <algorithm>

namespace postern::relay {

namespace {

using engine::Action;
using engine::Finding;
using engine::FindingKind;

constexpr std::size_t most_sentences = 5;

// What a sender can mend: the others are facts that the policy let pass, or that its reason tells
// of already.
bool is_worth_a_line(const Finding& finding) {
    return finding.kind == FindingKind::signature || finding.kind == FindingKind::file_type;
}

const Finding* deciding(const engine::Report& report, const engine::Limits& limits) {
    const auto& findings = report.decision.findings;
    const auto it = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
        return sentence_about(finding, report.decision.action, limits) == report.decision.reason;
    });
    return it == findings.end() ? nullptr : &*it;
}

std::vector<std::string> sentences(const engine::Report& report, const engine::Limits& limits) {
    std::vector<std::string> lines{report.decision.reason};
    std::size_t left_out = 0;
    for (const Finding& finding : report.decision.findings) {
        if (!is_worth_a_line(finding)) continue;
        std::string line = sentence_about(finding, report.decision.action, limits);
        if (std::find(lines.begin(), lines.end(), line) != lines.end()) continue;
        if (lines.size() < most_sentences) {
            lines.push_back(std::move(line));
        } else {
            ++left_out;
        }
    }
    if (left_out != 0) lines.push_back("And " + std::to_string(left_out) + " more of this kind.");
    return lines;
}

Reply refusal(const engine::Report& report, const engine::Limits& limits) {
    const Finding* finding = deciding(report, limits);
    if (finding != nullptr && finding->kind == FindingKind::size) return {552, "5.3.4", {}};
    if (finding != nullptr && finding->kind == FindingKind::defect) return {550, "5.6.0", {}};
    return {550, "5.7.1", {}};
}

}  // namespace

std::string_view coverage_of(const engine::Report& report) {
    return report.verdict.coverage.complete() ? "complete" : "partial";
}

Judgement judge(const engine::Report& report, std::string_view id, std::uint64_t message_size) {
    engine::Limits limits;
    limits.message_bytes = message_size;
    Judgement judgement;
    judgement.action = report.error.empty() ? report.decision.action : Action::defer;
    judgement.reason = report.error.empty() ? report.decision.reason : report.error;
    switch (judgement.action) {
        case Action::accept:
            judgement.reply = reply_of(replies::accepted, id);
            break;
        case Action::hold:
            judgement.reply = reply_of(replies::held, id);
            break;
        case Action::defer:
            judgement.reply = reply_of(replies::scan_trouble, id);
            break;
        case Action::reject:
            judgement.reply = refusal(report, limits);
            judgement.reply.lines = sentences(report, limits);
            judgement.reply.lines.push_back(
                "If you think that this is wrong, tell your postmaster the reference [id=" +
                std::string(id) + "]");
            break;
    }
    return judgement;
}

}  // namespace postern::relay
