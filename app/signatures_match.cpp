// SPDX-License-Identifier: Apache-2.0
// `postern signatures match`: does this one signature match this file, where, and if not, how far did
// it get? The answer is a scan's with that signature alone; what is said beside it comes from whoever
// watched that scan.
#include "app/commands.h"
#include "app/signature_argument.h"
#include "app/signature_commands.h"
#include "app/signature_watch.h"
#include "corpora/loader.h"
#include "engine/identify.h"
#include "engine/policy.h"
#include "engine/scanner.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace postern::app {

namespace {

struct MatchOptions {
    std::string signature, type, file;
    corpora::As as = corpora::As::detect;
    bool all = false;
};

std::shared_ptr<const signatures::SignatureSet> set_of(const std::string& name, const std::string& text) {
    signatures::SetBuilder builder({signatures::Unverified::refuse, signatures::Unwanted::load});
    builder.add_text(name, text);
    auto set = builder.build(1);
    for (const signatures::Diagnostic& one : builder.diagnostics()) {
        if (one.severity != signatures::Severity::warning) throw UsageError("the signature does not load: " + one.message);
    }
    return set;
}

std::shared_ptr<const signatures::SignatureSet> set_of(const SignatureArgument& argument) {
    if (argument.format == signatures::Format::allowed_digests) {
        throw UsageError("a line of an allow-list finds nothing; say --type hdb to ask where its digest matches");
    }
    // Of a file of rules, all: a rule may refer to others.
    return set_of("signature" + argument.extension, argument.source);
}

struct Answer {
    bool matches = false;
    SignatureWatch watch;
    engine::Verdict verdict;
};

void ask(const engine::Scanner& scanner, const corpora::Item& item, Answer& answer) {
    engine::Explanation explanation;
    explanation.watch = &answer.watch;
    answer.verdict = item.is_message
                         ? scanner.scan(item.message, &explanation)
                         : scanner.scan_file(item.message, item.path.substr(item.path.rfind('/') + 1), &explanation);
    std::erase_if(answer.verdict.findings, [&](const engine::Finding& finding) {
        return finding.kind != engine::FindingKind::signature || finding.name != answer.watch.name();
    });
    answer.matches = !answer.verdict.findings.empty();
}

void print(const MatchOptions& options, const corpora::Item& item, const Answer& answer) {
    std::string path = engine::printable_name(item.path);
    if (item.index) path += '#' + std::to_string(*item.index);
    std::printf("%s %s %s\n", answer.watch.name().c_str(), answer.matches ? "matches" : "does not match", path.c_str());
    for (const engine::Finding& finding : answer.verdict.findings) {
        if (!item.is_message) break;
        std::printf("  found in %s; octet %llu of the message, or where what it lies in begins\n",
                    finding.content.empty() ? "the message itself" : finding.content.c_str(),
                    static_cast<unsigned long long>(finding.message_offset));
    }
    for (const engine::Gap& gap : answer.verdict.coverage.gaps) {
        std::printf("  not looked at: %s: %s\n", gap.content.empty() ? "the message" : gap.content.c_str(), gap.detail.c_str());
    }
    std::fputs(answer.watch.text(options.all ? SignatureWatch::Tell::all : SignatureWatch::Tell::closest).c_str(), stdout);
}

int match(const MatchOptions& options) {
    const auto argument = signature_argument(options.signature, options.type);
    if (!argument) {
        throw UsageError(options.signature + ": is no signature; give the line itself, file:LINE, or @file");
    }
    const std::string name = name_of(*argument);
    const auto set = set_of(*argument);
    const engine::Scanner scanner(set, engine::default_policy().limits, 1);
    corpora::Loader loader({options.file}, options.as);
    bool any = false;
    std::size_t items = 0;
    while (std::optional<corpora::Item> item = loader.next()) {
        if (!item->error.empty()) throw UsageError(item->path + ": " + item->error);
        ++items;
        Answer answer{false, SignatureWatch(set, *argument, name), {}};
        ask(scanner, *item, answer);
        any = any || answer.matches;
        print(options, *item, answer);
    }
    if (items == 0) throw UsageError(options.file + ": holds nothing to look at");
    return any ? exit_accepted : exit_rejected;
}

}  // namespace

void add_signatures_match(CLI::App& group, int& exit_status) {
    const auto options = std::make_shared<MatchOptions>();
    CLI::App* command = group.add_subcommand("match", "Say where one signature matches a file, or how far it gets");
    command->add_option("SIGNATURE", options->signature, "The line or YARA rule itself, file:LINE, or @file with one in it")->required();
    command->add_option("FILE", options->file, "A message, or any other file")->required();
    command->add_option("--type", options->type, "Read a line as a file of this type has it: imp, fp, zmd ... (default: by its form)")
        ->type_name("TYPE");
    command->add_option("--as", options->as, "Take FILE as a message, or as a bare file, whatever it looks like")
        ->type_name("message|file")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, corpora::As>{{"message", corpora::As::message}, {"file", corpora::As::file}}));
    command->add_flag("--all", options->all, "Say it of every content, not of those alone where most of it was found");
    command->footer("It matches exactly where `postern scan` with this one signature finds it. Octets are counted from 0\n"
                    "in the content that is named, or in the form of it.\n"
                    "Exit status: 0 it matches, 1 it does not, 2 an error.");
    command->callback([options, &exit_status] { exit_status = match(*options); });
}

}  // namespace postern::app
