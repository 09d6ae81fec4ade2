// SPDX-License-Identifier: Apache-2.0
#include "app/scan_options.h"

#include "app/errors.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

namespace postern::app {

void declare(CLI::App& command, ScanOptions& options) {
    command.add_option("PATH", options.paths,
                       "A message, an mbox, a maildir or any folder, a tar (also compressed) of\n"
                       "messages, any other file, or - for one message on standard input");
    command.add_option("--files-from", options.files_from, "Read paths from this file (-: standard input), a line each")
        ->type_name("FILE");
    command.add_flag("-0,--null", options.nul_separated, "Paths of --files-from end with NUL instead of a line end");
    command.add_option("-s,--signatures", options.signatures.paths,
                       "A signature file (.ndb .hdb .hsb .fp .sfp .ign2 ...) or a folder of them;\n"
                       "may be given again. The built-in set stays in force. Or one set file that\n"
                       "`postern signatures build` made, alone")
        ->type_name("PATH")
        ->take_all()
        ->allow_extra_args(false);
    command.add_option("--signature-key", options.signatures.key,
                       "The set file must be signed by this Ed25519 key (public, PEM), or nothing is scanned")
        ->type_name("KEY");
    command.add_option("--store", options.store,
                       "Scan with the current set of this store, and take up what is activated meanwhile")
        ->type_name("FOLDER");
    command.add_option("--shadow", options.shadow,
                       "Let this set (or sources) look at everything too: its hits are told, and decide nothing")
        ->type_name("SET");
    command.add_option("-p,--policy", options.policy, "Site rules in TOML; `postern policy show` prints those in force")
        ->type_name("FILE");
    command.add_option("--server", options.server,
                       "Let scanning services look, with their sets and policy: unix:/PATH or HOST:PORT of a\n"
                       "`postern scand`, several with commas between; one of this host is preferred")
        ->type_name("ADDRESS");
    command.add_option("-f,--format", options.format, "text (default), or json: one line for each message")
        ->type_name("text|json")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
    command.add_option("--as", options.as, "Take every file as a message, or as a bare file, whatever it looks like")
        ->type_name("message|file")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, corpora::As>{{"message", corpora::As::message}, {"file", corpora::As::file}}));
    command.add_option("-j,--jobs", options.jobs, "Threads to use (default: all cores)")
        ->type_name("N")
        ->check(CLI::Range(1u, 1024u));
    command.add_flag("--explain", options.explain, "Show the tree of entities, readings, types, names, ranges and timings");
    command.add_flag("--stats", options.stats, "Tell throughput, signatures, memory and the worst rules on standard error at the end");
    command.add_option("--dead-rules", options.dead_rules,
                       "Write the names of rules that found nothing here to this file, a line each; digests are not\n"
                       "counted, as they cost nothing")
        ->type_name("FILE");
    command.footer("Exit status: 0 all accepted, 1 something rejected, held or deferred, 2 an error.\n"
                   "A message that could not be read counts as an error, never as accepted.");
}

std::vector<std::string> all_paths(const ScanOptions& options) {
    std::vector<std::string> paths = options.paths;
    if (!options.files_from.empty()) {
        std::ifstream file;
        if (options.files_from != "-") file.open(options.files_from);
        std::istream& input = options.files_from == "-" ? std::cin : file;
        if (!input) throw UsageError(options.files_from + ": cannot be read; --files-from wants a file of paths, or -");
        for (std::string path; std::getline(input, path, options.nul_separated ? '\0' : '\n');) {
            if (!path.empty()) paths.push_back(std::move(path));
        }
    } else if (paths.empty()) {
        throw UsageError("nothing to scan; name a message, a folder, an mbox or a tar, or - for standard input");
    }
    return paths;
}

}  // namespace postern::app
