// SPDX-License-Identifier: Apache-2.0
// `postern signatures info`: what a set file holds, by what stands in it; nothing is compiled or mapped.
#include "app/scan_options.h"
#include "app/signature_commands.h"
#include "app/signature_counts.h"
#include "engine/identify.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;

struct InfoOptions {
    std::string set;
    Format format = Format::text;
};

Json counted(std::span<const CountRow> rows, const signatures::SetStatistics& counts) {
    Json json = Json::object();
    for (const CountRow& row : rows) json[row.key] = counts.*row.count;
    return json;
}

std::string json(const InfoOptions& options, const signatures::SetFileInfo& info) {
    Json sections = Json::array();
    for (const auto& section : info.sections) sections.push_back({{"name", section.name}, {"octets", section.octets}});
    const Json line{{"path", options.set},
                    {"version", info.version},
                    {"generation", info.generation},
                    {"signed", info.is_signed},
                    {"octets", info.octets},
                    {"signatures", counted(kinds(), info.statistics)},
                    {"left_out", counted(left_out(), info.statistics)},
                    {"sections", sections}};
    // A path or a section may have octets that are no UTF-8.
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void row(std::string& text, const std::string& name, const std::string& value) {
    text += name + std::string(name.size() < 12 ? 12 - name.size() : 1, ' ') + value + '\n';
}

std::string text(const InfoOptions& options, const signatures::SetFileInfo& info) {
    const std::string in_force = in_words(kinds(), info.statistics);
    const std::string missing = in_words(left_out(), info.statistics);
    std::string text = engine::printable_name(options.set) + '\n';
    row(text, "version", std::to_string(info.version));
    row(text, "generation", engine::printable_name(info.generation));
    row(text, "signed", info.is_signed ? "yes; by whom `postern signatures verify --key KEY` says" : "no");
    row(text, "octets", std::to_string(info.octets));
    row(text, "signatures", in_force.empty() ? "none" : in_force);
    row(text, "left out", missing.empty() ? "nothing" : missing);
    text += "sections\n";
    for (const auto& section : info.sections) {
        const std::string octets = std::to_string(section.octets);
        text += std::string(octets.size() < 12 ? 12 - octets.size() : 0, ' ') + octets + "  " +
                engine::printable_name(section.name) + '\n';
    }
    return text;
}

void tell(const InfoOptions& options) {
    const signatures::SetFileInfo info = signatures::verify_set(options.set, {});
    std::fputs((options.format == Format::json ? json(options, info) : text(options, info)).c_str(), stdout);
}

}  // namespace

void add_signatures_info(CLI::App& group, int&) {
    const auto options = std::make_shared<InfoOptions>();
    CLI::App* command = group.add_subcommand("info", "Say what a set file holds");
    command->add_option("SET", options->set, "The set file")->required();
    command->add_option("-f,--format", options->format, "text (default), or json: one line")
        ->type_name("text|json")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
    command->callback([options] { told([&] { tell(*options); }); });
}

}  // namespace postern::app
