// SPDX-License-Identifier: Apache-2.0
// `postern corpus generate`: mail to measure with, the same for the same seed.
#include "app/commands.h"
#include "app/errors.h"
#include "app/progress.h"
#include "corpora/generator.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace postern::app {

namespace {

void make_corpus(const corpora::GeneratorOptions& options) {
    if (std::filesystem::exists(options.out) && !std::filesystem::is_empty(options.out)) {
        throw UsageError(options.out.string() + ": the folder is not empty; name a new one after --out");
    }
    corpora::GeneratorSummary summary;
    try {
        Progress progress("generating");
        summary = corpora::generate(options, [&](const corpora::GeneratorSummary& so_far) {
            progress.update(so_far.bytes_written, options.bytes, so_far.messages);
        });
    } catch (const std::system_error& error) {
        throw UsageError(options.out.string() + ": cannot be written: " + error.code().message());
    }
    std::printf("%zu messages, %.1f MB, %zu with attachments; %zu to be accepted, %zu to be rejected\n%s\n",
                summary.messages, static_cast<double>(summary.bytes_written) / 1e6, summary.with_attachments,
                summary.accepted, summary.rejected, (options.out / "manifest.jsonl").c_str());
}

void declare_shares(CLI::App& command, corpora::GeneratorOptions& options) {
    const auto share = [&](const char* name, double& value, const char* help) {
        command.add_option(name, value, help)->type_name("SHARE")->check(CLI::Range(0.0, 1.0))->capture_default_str();
    };
    share("--attachments", options.attachment_share, "Messages that carry attachments");
    share("--eicar", options.eicar_share, "Messages that carry EICAR, the harmless test virus");
    share("--executables", options.executable_share, "Messages that carry a look-alike of an executable file");
    share("--zipped", options.zipped_share, "Of those, how many are zipped and so to be accepted");
}

}  // namespace

void add_corpus(CLI::App& app, int& exit_status) {
    CLI::App* corpus = app.add_subcommand("corpus", "Make mail to measure with");
    corpus->require_subcommand(1);
    CLI::App* command = corpus->add_subcommand(
        "generate", "Make an outbound set, heavy with attachments, and manifest.jsonl with the decision for each message");
    auto options = std::make_shared<corpora::GeneratorOptions>();
    command->add_option("--messages", options->messages, "How many")->type_name("N")->check(CLI::PositiveNumber)->capture_default_str();
    command->add_option("--bytes", options->bytes, "Of all messages as sent; K, M and G are powers of 1024")
        ->type_name("TOTAL")
        ->transform(CLI::AsSizeValue(false))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "The same seed gives the same mail")->type_name("S")->capture_default_str();
    command->add_option("--out", options->out, "A new folder")->type_name("DIR")->required();
    declare_shares(*command, *options);
    command->callback([options, &exit_status] {
        make_corpus(*options);
        exit_status = exit_accepted;
    });
}

}  // namespace postern::app
