// SPDX-License-Identifier: Apache-2.0
// `postern signatures explain`: a signature in words, by its name or its line.
#include "app/catalog_input.h"
#include "app/commands.h"
#include "app/signature_argument.h"
#include "app/signature_commands.h"
#include "signatures/explain/explain.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace postern::app {

namespace {

using signatures::Entry;

struct ExplainOptions {
    std::string signature;
    std::string type;
    CatalogInput input;
};

void print(const Entry& entry, std::size_t number) {
    std::printf("%s%s", number == 1 ? "" : "\n", explained(entry).c_str());
}

// All of one name, with or without the YARA. before it.
int explain_named(const ExplainOptions& options) {
    std::size_t found = 0;
    visit_catalog(options.input, [&](const Entry& entry) {
        const bool is = entry.name == options.signature || entry.name == "YARA." + options.signature;
        if (is) print(entry, ++found);
    });
    if (found == 0) {
        std::fprintf(stderr, "postern: no signature has the name %s; `postern signatures search` finds parts of names\n",
                     options.signature.c_str());
    }
    return found != 0 ? exit_accepted : exit_rejected;
}

int explain(const ExplainOptions& options) {
    const auto argument = signature_argument(options.signature, options.type);
    if (!argument) return explain_named(options);
    if (!options.input.paths.empty()) {
        throw UsageError("the signature itself is given, so there is nothing to look for in " + options.input.paths.front());
    }
    const std::string name = name_of(*argument);
    print({signatures::kind_of(argument->format), argument->format, name, argument->text, argument->file, argument->line}, 1);
    return exit_accepted;
}

}  // namespace

void add_signatures_explain(CLI::App& group, int& exit_status) {
    const auto options = std::make_shared<ExplainOptions>();
    CLI::App* command = group.add_subcommand("explain", "Say in words what a signature looks for, where, and in what");
    command->add_option("SIGNATURE", options->signature, "Its name; or the signature itself: the line, file:LINE, or @file")->required();
    command->add_option("SRC", options->input.paths, "A set file, or signature files and folders of them, in which the name\n"
                                                     "is looked up (default: the current set of the store)");
    declare(*command, options->input.store);
    command->add_option("--type", options->type, "Read a line as a file of this type has it: imp, fp, zmd ... (default: by its form)")
        ->type_name("TYPE");
    command->footer("A set says what its signatures were written as, so it explains them without its sources.\n"
                    "Exit status: 0 explained, 1 no signature has this name, 2 an error.");
    command->callback([options, &exit_status] { exit_status = explain(*options); });
}

}  // namespace postern::app
