// SPDX-License-Identifier: Apache-2.0
// `postern signatures build`: sources into one file that every scanner maps. A bad line is told and
// left out; the set is written all the same, and --strict makes the exit status say so.
#include "app/commands.h"
#include "app/signature_commands.h"
#include "app/signature_counts.h"
#include "app/signature_sources.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <unistd.h>

namespace postern::app {

namespace {

struct BuildOptions {
    std::vector<std::string> sources;
    std::string set;
    std::string signing_key;
    std::string container_keys;
    bool allow_unsigned = false;
    bool unwanted = false;
    bool strict = false;
    unsigned jobs = 0;
};

// One line on a terminal that says what is being done, gone when it is done; elsewhere nothing.
class Step {
public:
    explicit Step(const std::string& what) : shown_(isatty(STDERR_FILENO) != 0) {
        if (shown_) std::fprintf(stderr, "\r\033[K%s ...", what.c_str());
    }
    ~Step() {
        if (shown_) std::fputs("\r\033[K", stderr);
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

private:
    bool shown_;
};

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad()) {
        throw UsageError(path + ": cannot be read; --key wants a text of keys, as docs/signatures.md describes it");
    }
    return text;
}

signatures::SourceOptions source_options(const BuildOptions& options) {
    using namespace signatures;
    return {options.allow_unsigned ? Unverified::accept : Unverified::refuse,
            options.unwanted ? Unwanted::load : Unwanted::leave_out, KeepLines::yes};
}

std::shared_ptr<const signatures::SignatureSet> compile(const BuildOptions& options) {
    signatures::SetBuilder builder(source_options(options));
    if (!options.container_keys.empty()) builder.add_keys(options.container_keys, text_of(options.container_keys));
    {
        const Step step("reading");
        add_sources(options.sources, builder);
    }
    std::shared_ptr<const signatures::SignatureSet> set;
    {
        const Step step("compiling");
        set = builder.build(options.jobs);
    }
    tell(builder.diagnostics(), builder.diagnostics().size());
    return set;
}

void summarize(const BuildOptions& options, const signatures::SignatureSet& set, double seconds) {
    const signatures::SetFileInfo info = signatures::verify_set(options.set, {});
    const std::string missing = in_words(left_out(), set.statistics());
    std::printf("%s: %s\n", options.set.c_str(), in_words(kinds(), set.statistics()).c_str());
    if (!missing.empty()) std::printf("left out: %s\n", missing.c_str());
    std::printf("generation %s\n%llu octets, %s, in %.2f s\n", info.generation.c_str(),
                static_cast<unsigned long long>(info.octets), info.is_signed ? "signed" : "not signed", seconds);
}

int build(const BuildOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    // A key that is none is told before a minute of compiling, not after it.
    std::optional<signatures::SigningKey> key;
    if (!options.signing_key.empty()) key.emplace(signatures::SigningKey::read(options.signing_key));
    const auto set = compile(options);
    {
        const Step step("writing");
        signatures::write_set(*set, options.set, key ? &*key : nullptr);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    summarize(options, *set, taken.count());
    return options.strict && is_lossy(set->statistics()) ? exit_rejected : exit_accepted;
}

void declare(CLI::App& command, BuildOptions& options) {
    command.add_option("SRC", options.sources, "Signature files, containers, or folders of them")->required();
    command.add_option("-o,--out", options.set, "The set file to write")->required()->type_name("SET");
    command.add_option("--sign", options.signing_key, "Sign it with this private Ed25519 key (PEM)")->type_name("KEY");
    command.add_option("--key", options.container_keys,
                       "Keys by which ClamAV's containers (.cvd .cld .cud) are verified")
        ->type_name("KEY");
    command.add_flag("--allow-unsigned", options.allow_unsigned,
                     "Take containers that no key vouches for; with --key, still none that is forged");
    command.add_flag("--unwanted", options.unwanted, "Look for potentially unwanted programs too (.ndu .ldu .hdu ...)");
    command.add_flag("--strict", options.strict, "Exit with 1 when a line was left out as wrong or unsupported");
    command.add_option("-j,--jobs", options.jobs, "Threads to use (default: all cores)")
        ->type_name("N")
        ->check(CLI::Range(1u, 1024u));
    command.footer("Exit status: 0 the set is written, 1 so it is but --strict and lines were left out,\n"
                   "2 it is not written.");
}

}  // namespace

void add_signatures_build(CLI::App& group, int& exit_status) {
    const auto options = std::make_shared<BuildOptions>();
    CLI::App* command = group.add_subcommand("build", "Compile sources into one set file, which loads at once");
    declare(*command, *options);
    command->callback([options, &exit_status] { exit_status = told([&] { return build(*options); }); });
}

}  // namespace postern::app
