// SPDX-License-Identifier: Apache-2.0
#include "app/telemetry/record.h"

#include "engine/identify.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::app::telemetry {

namespace {

constexpr std::size_t longest_value = 1000;  // octets
constexpr std::size_t longest_list = 20;

std::string cut(std::string_view value) {
    if (value.size() <= longest_value) return std::string(value);
    // Not in the middle of a character.
    std::size_t end = longest_value;
    while (end > 0 && (value[end] & 0xc0) == 0x80) --end;
    return std::string(value.substr(0, end)) + "...";
}

std::string quoted_where_needed(const std::string& value) {
    const std::string clean = engine::printable_name(value);
    if (!clean.empty() && clean.find_first_of(" \"=\\,") == std::string::npos) return clean;
    std::string quoted = "\"";
    for (const char c : clean) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::information:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::error:
            break;
    }
    return "error";
}

}  // namespace

Record& Record::text(std::string_view name, std::string_view value) {
    if (!value.empty()) fields_.push_back({std::string(name), {cut(value)}});
    return *this;
}

Record& Record::texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return *this;
    Field field{std::string(name), {}, {}, true};
    for (std::size_t i = 0; i < values.size() && i < longest_list; ++i)
        field.texts.push_back(cut(values[i]));
    if (values.size() > longest_list)
        field.texts.push_back("and " + std::to_string(values.size() - longest_list) + " more");
    fields_.push_back(std::move(field));
    return *this;
}

Record& Record::number(std::string_view name, std::uint64_t value) {
    fields_.push_back({std::string(name), {}, std::to_string(value)});
    return *this;
}

Record& Record::seconds(std::string_view name, double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", value);
    fields_.push_back({std::string(name), {}, text});
    return *this;
}

std::string Record::for_people() const {
    std::string line = event_;
    for (const Field& field : fields_) {
        line += " " + field.name + "=" + field.number;
        for (std::size_t i = 0; i < field.texts.size(); ++i) {
            line += (i > 0 ? "," : "") + quoted_where_needed(field.texts[i]);
        }
    }
    return line;
}

std::string Record::json(std::string_view time) const {
    nlohmann::ordered_json json;
    if (!time.empty()) json["time"] = time;
    json["level"] = name_of(severity_);
    json["event"] = event_;
    for (const Field& field : fields_) {
        if (!field.number.empty()) {
            json[field.name] = nlohmann::ordered_json::parse(field.number);
        } else if (field.is_list) {
            json[field.name] = field.texts;
        } else {
            json[field.name] = field.texts.front();
        }
    }
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace postern::app::telemetry
