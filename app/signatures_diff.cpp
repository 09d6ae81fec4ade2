// SPDX-License-Identifier: Apache-2.0
// `postern signatures diff`: what stands in one set (or sources) and not in another.
#include "app/catalog_input.h"
#include "app/commands.h"
#include "app/scan_options.h"
#include "app/signature_commands.h"
#include "signatures/catalog/difference.h"

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;
using signatures::ChangedName;
using signatures::SignatureKind;

constexpr std::array<const char*, signatures::change_kinds> change_names{"added", "removed", "changed"};
constexpr std::array<char, signatures::change_kinds> change_signs{'+', '-', '~'};

struct DiffOptions {
    std::string before, now;
    Format format = Format::text;
    bool brief = false;
};

// By kind, then by change.
using Counts = std::array<std::array<std::size_t, signatures::change_kinds>, signatures::signature_kinds>;

Counts counted(const std::vector<ChangedName>& changes) {
    Counts counts{};
    for (const ChangedName& one : changes) {
        counts[static_cast<std::size_t>(one.kind)][static_cast<std::size_t>(one.change)] += one.count;
    }
    return counts;
}

signatures::CatalogSide side_of(const std::string& path) {
    signatures::CatalogSide side;
    visit_catalog({{path}, {}}, [&](const signatures::Entry& entry) { side.add(entry); });
    return side;
}

void print_text(const std::vector<ChangedName>& changes, const DiffOptions& options) {
    if (changes.empty()) {
        std::puts("no difference");
        return;
    }
    if (!options.brief) {
        for (const ChangedName& one : changes) {
            const std::string several = one.count > 1 ? " (" + std::to_string(one.count) + ")" : "";
            std::printf("%c %-14s  %s%s\n", change_signs[static_cast<std::size_t>(one.change)],
                        std::string(name_of(one.kind)).c_str(), one.name.c_str(), several.c_str());
        }
    }
    std::printf("%10s %10s %10s  kind\n", change_names[0], change_names[1], change_names[2]);
    const Counts counts = counted(changes);
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        const auto& row = counts[kind];
        if (row[0] + row[1] + row[2] == 0) continue;
        std::printf("%10zu %10zu %10zu  %s\n", row[0], row[1], row[2],
                    std::string(name_of(static_cast<SignatureKind>(kind))).c_str());
    }
}

void print_json(const std::vector<ChangedName>& changes, const DiffOptions& options) {
    Json kinds = Json::object();
    const Counts counts = counted(changes);
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        Json& row = kinds[std::string(name_of(static_cast<SignatureKind>(kind)))];
        for (std::size_t i = 0; i < signatures::change_kinds; ++i) row[change_names[i]] = counts[kind][i];
    }
    Json json{{"differ", !changes.empty()}, {"kinds", std::move(kinds)}};
    if (!options.brief) json["changes"] = Json::array();
    for (const ChangedName& one : changes) {
        if (options.brief) break;
        json["changes"].push_back({{"change", change_names[static_cast<std::size_t>(one.change)]},
                                   {"kind", name_of(one.kind)}, {"name", one.name}, {"signatures", one.count}});
    }
    std::puts(json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

int diff(const DiffOptions& options) {
    const auto changes = signatures::difference(side_of(options.before), side_of(options.now));
    if (options.format == Format::json) print_json(changes, options);
    else print_text(changes, options);
    return changes.empty() ? exit_accepted : exit_rejected;
}

}  // namespace

void add_signatures_diff(CLI::App& group, int& exit_status) {
    const auto options = std::make_shared<DiffOptions>();
    CLI::App* command = group.add_subcommand("diff", "Say what was added, removed and changed between two sets");
    command->add_option("OLD", options->before, "A set file, a signature file or a folder of them")->required();
    command->add_option("NEW", options->now, "What it is compared with; a set and its sources do not differ,\n"
                                             "but for the built-in EICAR")->required();
    command->add_flag("--brief", options->brief, "Only how many of each kind, no names");
    command->add_option("-f,--format", options->format, "text (default), or json: one line")
        ->type_name("text|json")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
    command->footer("A signature is changed when one of its name looked for something else. Functionality levels\n"
                    "and the case of hex digits are no difference.\n"
                    "Exit status: 0 they do not differ, 1 they do, 2 an error.");
    command->callback([options, &exit_status] { exit_status = diff(*options); });
}

}  // namespace postern::app
