// SPDX-License-Identifier: Apache-2.0
// `postern signatures search`: in which signatures a text stands, by name or by what they look for.
#include "app/catalog_input.h"
#include "app/commands.h"
#include "app/scan_options.h"
#include "app/signature_commands.h"
#include "signatures/catalog/search.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;
using signatures::Entry;
using signatures::FoundAs;

struct SearchOptions {
    std::string text;
    CatalogInput input;
    Format format = Format::text;
};

void print_text(const Entry& entry, FoundAs as) {
    const auto target = target_of(entry);
    const std::string number = target ? "target " + std::to_string(static_cast<int>(*target)) : "-";
    std::string line(entry.name);
    line += "  " + std::string(name_of(entry.kind)) + "  " + number + "  " + std::string(name_of(as));
    const std::string place = place_of(entry);
    if (!place.empty()) line += "  " + place;
    std::puts(line.c_str());
}

void print_json(const Entry& entry, FoundAs as) {
    Json json{{"name", entry.name}, {"kind", name_of(entry.kind)}, {"found_in", name_of(as)}};
    if (const auto target = target_of(entry)) json["target"] = static_cast<int>(*target);
    if (!entry.file.empty()) json["file"] = entry.file;
    if (entry.line != 0) json["line"] = entry.line;
    json["text"] = entry.text;
    std::puts(json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

int search(const SearchOptions& options) {
    if (options.text.empty()) throw UsageError("nothing to search for; name a text");
    const signatures::SearchText text(options.text);
    std::size_t found = 0;
    visit_catalog(options.input, [&](const Entry& entry) {
        const auto as = text.in(entry);
        if (!as) return;
        ++found;
        if (options.format == Format::json) print_json(entry, *as);
        else print_text(entry, *as);
    });
    return found != 0 ? exit_accepted : exit_rejected;
}

}  // namespace

void add_signatures_search(CLI::App& group, int& exit_status) {
    const auto options = std::make_shared<SearchOptions>();
    CLI::App* command = group.add_subcommand("search", "Find signatures by name, by octets or by how they are written");
    command->add_option("TEXT", options->text, "Part of a name, a text or hex that they look for, part of a digest")->required();
    command->add_option("SRC", options->input.paths, "A set file, or signature files and folders of them\n"
                                                     "(default: the current set of the store)");
    declare(*command, options->input.store);
    command->add_option("-f,--format", options->format, "text (default), or json: one line for each signature")
        ->type_name("text|json")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
    command->footer("A line says: name, kind, target, where TEXT stands in it (name, octets, hex, written), and the\n"
                    "place in the source; a set does not know that place.\n"
                    "Exit status: 0 something is found, 1 nothing is, 2 an error.");
    command->callback([options, &exit_status] { exit_status = search(*options); });
}

}  // namespace postern::app
