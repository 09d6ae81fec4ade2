// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/verdict_answer.h"

#include <nlohmann/json.hpp>
#include <set>

namespace postern::engine::service::client {

namespace {

using Json = nlohmann::json;

// What is wrong with an answer. Stays in this file.
struct Malformed {
    std::string what;
};

const Json& field(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) throw Malformed{std::string("has no ") + name};
    return *found;
}

const Json& object_in(const Json& object, const char* name) {
    const Json& value = field(object, name);
    if (!value.is_object()) throw Malformed{std::string(name) + " is no object"};
    return value;
}

const Json& list_in(const Json& object, const char* name) {
    const Json& value = field(object, name);
    if (!value.is_array()) throw Malformed{std::string(name) + " is no list"};
    for (const Json& element : value) {
        if (!element.is_object())
            throw Malformed{std::string(name) + " holds something that is no object"};
    }
    return value;
}

std::string text_in(const Json& object, const char* name) {
    const Json& value = field(object, name);
    if (!value.is_string()) throw Malformed{std::string(name) + " is no text"};
    return value.get<std::string>();
}

std::uint64_t number_in(const Json& object, const char* name) {
    const Json& value = field(object, name);
    if (!value.is_number_unsigned()) throw Malformed{std::string(name) + " is no number of octets"};
    return value.get<std::uint64_t>();
}

FindingKind kind_in(const Json& object) {
    const std::string name = text_in(object, "kind");
    for (const FindingKind kind :
         {FindingKind::signature, FindingKind::file_type, FindingKind::size, FindingKind::encrypted,
          FindingKind::limit, FindingKind::defect}) {
        if (name_of(kind) == name) return kind;
    }
    throw Malformed{"has a finding of an unknown kind"};
}

Finding finding_of(const Json& json) {
    Finding finding;
    finding.kind = kind_in(json);
    finding.name = text_in(json, "name");
    finding.content = text_in(json, "content");
    finding.offset = number_in(json, "offset");
    finding.length = number_in(json, "length");
    finding.message_offset = number_in(json, "message_offset");
    finding.type = text_in(json, "type");
    finding.file_name = text_in(json, "file_name");
    return finding;
}

std::vector<Finding> findings_of(const Json& object) {
    std::vector<Finding> findings;
    for (const Json& finding : list_in(object, "findings")) findings.push_back(finding_of(finding));
    return findings;
}

Coverage coverage_of(const Json& json) {
    Coverage coverage;
    for (const Json& gap : list_in(json, "not_scanned")) {
        coverage.gaps.push_back(
            {text_in(gap, "content"), text_in(gap, "reason"), text_in(gap, "detail")});
    }
    const Json& complete = field(json, "complete");
    if (!complete.is_boolean()) throw Malformed{"complete is neither true nor false"};
    if (complete.get<bool>() != coverage.complete())
        throw Malformed{"has a coverage that contradicts itself"};
    return coverage;
}

Report report_of(const Json& json) {
    if (!json.is_object()) throw Malformed{"is no object"};
    Report report;
    report.path = text_in(json, "path");
    if (json.contains("error")) report.error = text_in(json, "error");
    report.verdict.message_bytes = number_in(json, "bytes");
    if (!action_named(text_in(json, "decision"), report.decision.action))
        throw Malformed{"has an unknown decision"};
    report.decision.reason = text_in(json, "reason");
    report.decision.findings = findings_of(json);
    report.verdict.findings = report.decision.findings;
    report.verdict.coverage = coverage_of(object_in(json, "coverage"));
    report.verdict.generation = text_in(json, "generation");
    if (json.contains("shadow")) {
        const Json& shadow = object_in(json, "shadow");
        report.verdict.shadow.generation = text_in(shadow, "generation");
        report.verdict.shadow.complete = !shadow.contains("complete") || shadow["complete"] == true;
        report.verdict.shadow.findings = findings_of(shadow);
    }
    const Json& seconds = field(json, "seconds");
    if (!seconds.is_number() || seconds.get<double>() < 0) throw Malformed{"seconds is no time"};
    report.seconds = seconds.get<double>();
    if (report.decision.action == Action::accept && !report.error.empty()) {
        throw Malformed{"accepts what it could not read"};
    }
    return report;
}

// An object that names a field twice can be read in two ways, so it is not read at all.
class NamesOnce {
public:
    bool operator()(int, Json::parse_event_t event, Json& value) {
        if (event == Json::parse_event_t::object_start) names_.emplace_back();
        if (event == Json::parse_event_t::object_end) names_.pop_back();
        if (event != Json::parse_event_t::key) return true;
        if (!names_.back().insert(value.get<std::string>()).second)
            throw Malformed{"names a field twice"};
        return true;
    }

private:
    std::vector<std::set<std::string>> names_;
};

}  // namespace

std::optional<Report> parse_answer(std::string_view json, std::string& failure) {
    try {
        NamesOnce names;
        return report_of(Json::parse(json, std::ref(names)));
    } catch (const Malformed& malformed) {
        failure = "its answer " + malformed.what;
    } catch (const Json::exception&) {
        failure = "its answer is no JSON";
    }
    return std::nullopt;
}

}  // namespace postern::engine::service::client
