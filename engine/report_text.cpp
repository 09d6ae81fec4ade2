// SPDX-License-Identifier: Apache-2.0
#include "engine/identify.h"
#include "engine/report.h"

#include <cstdio>

namespace postern::engine {

namespace {

std::string milliseconds(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f ms", seconds * 1e3);
    return text;
}

std::string line_about(const Finding& finding) {
    std::string line = "    " + std::string(name_of(finding.kind)) + " " + printable_name(finding.name);
    if (!finding.content.empty()) line += " in " + printable_name(finding.content);
    line += " at " + std::to_string(finding.offset);
    line += ", octet " + std::to_string(finding.message_offset) + " of the message";
    return line + "\n";
}

void describe(const mime::Entity& entity, unsigned depth, std::string& text) {
    text += std::string(4 + 2 * depth, ' ') + (entity.section.empty() ? "-" : entity.section) + "  " +
            printable_name(entity.media_type);
    for (const mime::TransferEncoding encoding : entity.encodings) {
        text += ", " + std::string(mime::name_of(encoding));
    }
    for (const mime::Filename& filename : entity.filenames) {
        text += ", \"" + printable_name(filename.name) + "\"";
    }
    text += ", octets " + std::to_string(entity.body_range.begin) + "-" +
            std::to_string(entity.body_range.end);
    for (const mime::Defect& defect : entity.defects) {
        text += "; " + std::string(mime::code_of(defect.code));
    }
    text += '\n';
    for (const mime::Entity& child : entity.children) describe(child, depth + 1, text);
}

std::string line_about(const ContentStep& step) {
    std::string line = "    " + (step.path.empty() ? "(message)" : printable_name(step.path)) + "  " +
                       std::string(name_of(step.type)) + ", " + std::to_string(step.size) + " octets";
    if (!step.reading.empty()) {
        line += ", read as " + step.reading + " from " + std::to_string(step.range.begin) + "-" +
                std::to_string(step.range.end);
    }
    if (step.wrapping != Wrapping::none) line += ", wrapped in: " + std::string(name_of(step.wrapping));
    for (std::size_t i = 1; i < step.names.size(); ++i) {
        line += ", also named \"" + printable_name(step.names[i]) + "\"";
    }
    line += "; identify " + milliseconds(step.identify_seconds) + ", match " +
            milliseconds(step.match_seconds) + ", expand " + milliseconds(step.expand_seconds);
    return line + "\n";
}

}  // namespace

std::string to_text(const Report& report) {
    std::string where = printable_name(report.path);
    if (report.index) where += "#" + std::to_string(*report.index);
    if (!report.error.empty()) return "error   " + where + ": " + printable_name(report.error) + "\n";
    std::string text = std::string(name_of(report.decision.action));
    text.resize(8, ' ');
    text += where + "\n";
    if (report.decision.action != Action::accept) text += "    " + report.decision.reason + "\n";
    for (const Finding& finding : report.decision.findings) {
        if (finding.kind != FindingKind::defect) text += line_about(finding);
    }
    for (const Finding& finding : report.verdict.shadow.findings) {
        text += "    shadow set, deciding nothing: " + line_about(finding).substr(4);
    }
    if (!report.verdict.shadow.complete) text += "    shadow set, deciding nothing: not asked to the end\n";
    for (const Gap& gap : report.verdict.coverage.gaps) {
        text += "    not scanned: " +
                (gap.content.empty() ? "the message" : printable_name(gap.content)) + " (" +
                printable_name(gap.detail) + ")\n";
    }
    return text;
}

std::string to_text(const Explanation& explanation) {
    std::string text;
    for (const MessageStep& step : explanation.messages) {
        text += "  entities of " + (step.path.empty() ? "the message" : printable_name(step.path)) +
                ", parsed in " + milliseconds(step.parse_seconds) + "\n";
        describe(step.root, 0, text);
    }
    text += "  contents\n";
    for (const ContentStep& step : explanation.contents) text += line_about(step);
    text += "  scanned in " + milliseconds(explanation.seconds);
    if (explanation.serial_again) text += ", the second time in serial order because a limit was met";
    return text + "\n";
}

}  // namespace postern::engine
