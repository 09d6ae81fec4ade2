// SPDX-License-Identifier: Apache-2.0
// `postern signatures list`: the generations of a store, which is in force, and which a rollback leads to.
#include "app/scan_options.h"
#include "app/signature_commands.h"
#include "app/signature_counts.h"
#include "app/store_options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;
using signatures::StoredAs;
using signatures::StoredSet;

struct ListOptions {
    StoreLocation store;
    Format format = Format::text;
};

const char* name_of(StoredAs as) {
    switch (as) {
        case StoredAs::current: return "current";
        case StoredAs::before: return "before";
        case StoredAs::shadow: return "shadow";
        case StoredAs::kept: return "kept";
    }
    return "";
}

Json json_of(const StoredSet& set) {
    Json json{{"generation", set.generation}, {"as", name_of(set.as)}, {"since", set.when}, {"by", set.who}};
    if (!set.error.empty()) {
        json["error"] = set.error;
        return json;
    }
    json["octets"] = set.info.octets;
    json["signed"] = set.info.is_signed;
    for (const CountRow& row : kinds()) json["signatures"][row.key] = set.info.statistics.*row.count;
    return json;
}

void print(const StoredSet& set) {
    const std::string what = set.error.empty() ? in_words(kinds(), set.info.statistics) : set.error;
    std::printf("%-8s %.16s  %-20s  %-10s  %-8s  %s\n", name_of(set.as), set.generation.c_str(),
                set.when.empty() ? "-" : set.when.c_str(), set.who.empty() ? "-" : set.who.c_str(),
                !set.error.empty() ? "BROKEN" : set.info.is_signed ? "signed" : "unsigned", what.c_str());
}

void list(const ListOptions& options) {
    const std::vector<StoredSet> sets = open_store(options.store).list();
    if (options.format == Format::json) {
        for (const StoredSet& set : sets) {
            std::puts(json_of(set).dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
        }
        return;
    }
    if (sets.empty()) std::puts("no set yet; `postern signatures activate SET` puts one in force");
    for (const StoredSet& set : sets) print(set);
}

}  // namespace

void add_signatures_list(CLI::App& group, int&) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App* command = group.add_subcommand("list", "Say which sets a store holds, and which one is in force");
    declare(*command, options->store);
    command->add_option("-f,--format", options->format, "text (default), or json: one line for each set")
        ->type_name("text|json")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
    command->callback([options] { told([&] { list(*options); }); });
}

}  // namespace postern::app
