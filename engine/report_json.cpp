// SPDX-License-Identifier: Apache-2.0
#include "engine/expand/expander.h"
#include "engine/identify.h"
#include "engine/report.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace postern::engine {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Finding& finding) {
    return {{"kind", name_of(finding.kind)},
            {"name", finding.name},
            {"content", finding.content},
            {"offset", finding.offset},
            {"length", finding.length},
            {"message_offset", finding.message_offset},
            {"type", finding.type},
            {"file_name", finding.file_name}};
}

Json to_json(const Shadow& shadow) {
    Json findings = Json::array();
    for (const Finding& finding : shadow.findings) findings.push_back(to_json(finding));
    return {{"generation", shadow.generation}, {"complete", shadow.complete}, {"findings", std::move(findings)}};
}

Json to_json(const Coverage& coverage) {
    Json gaps = Json::array();
    for (const Gap& gap : coverage.gaps) {
        gaps.push_back({{"content", gap.content}, {"reason", gap.reason}, {"detail", gap.detail}});
    }
    return {{"complete", coverage.complete()}, {"not_scanned", std::move(gaps)}};
}

double rounded(double seconds) { return std::round(seconds * 1e6) / 1e6; }

Json range_json(mime::ByteRange range) { return Json::array({range.begin, range.end}); }

Json to_json(const mime::Entity& entity) {
    Json json{{"section", entity.section},
              {"type", entity.media_type},
              {"header", range_json(entity.header_range)},
              {"body", range_json(entity.body_range)}};
    for (const mime::TransferEncoding encoding : entity.encodings) {
        json["encodings"].push_back(mime::name_of(encoding));
    }
    for (const mime::Filename& filename : entity.filenames) json["names"].push_back(filename.name);
    for (const mime::Defect& defect : entity.defects) {
        json["defects"].push_back(mime::code_of(defect.code));
    }
    for (const mime::Entity& child : entity.children) json["children"].push_back(to_json(child));
    return json;
}

Json to_json(const ContentStep& step) {
    Json json{{"path", step.path}, {"type", name_of(step.type)}, {"bytes", step.size}};
    if (!step.names.empty()) json["names"] = step.names;
    if (!step.reading.empty()) {
        json["reading"] = step.reading;
        json["range"] = range_json(step.range);
    }
    if (step.wrapping != Wrapping::none) {
        json["wrapped_in"] = name_of(step.wrapping);
    }
    json["seconds"] = {{"identify", rounded(step.identify_seconds)},
                       {"match", rounded(step.match_seconds)},
                       {"expand", rounded(step.expand_seconds)}};
    return json;
}

Json to_json(const Explanation& explanation) {
    Json json{{"messages", Json::array()}, {"contents", Json::array()}};
    for (const MessageStep& step : explanation.messages) {
        json["messages"].push_back({{"path", step.path},
                                    {"parse_seconds", rounded(step.parse_seconds)},
                                    {"entities", to_json(step.root)}});
    }
    for (const ContentStep& step : explanation.contents) json["contents"].push_back(to_json(step));
    json["serial_again"] = explanation.serial_again;
    return json;
}

}  // namespace

std::string to_json(const Report& report, const Explanation* explanation) {
    Json json{{"path", report.path}};
    if (report.index) json["index"] = *report.index;
    if (!report.error.empty()) json["error"] = report.error;
    json["bytes"] = report.verdict.message_bytes;
    json["decision"] = name_of(report.decision.action);
    json["reason"] = report.decision.reason;
    json["findings"] = Json::array();
    for (const Finding& finding : report.decision.findings) json["findings"].push_back(to_json(finding));
    json["coverage"] = to_json(report.verdict.coverage);
    json["generation"] = report.verdict.generation;
    if (!report.verdict.shadow.generation.empty()) json["shadow"] = to_json(report.verdict.shadow);
    json["seconds"] = rounded(report.seconds);
    if (explanation != nullptr) json["explanation"] = to_json(*explanation);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace postern::engine
