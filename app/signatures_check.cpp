// SPDX-License-Identifier: Apache-2.0
// `postern signatures check`: what is wrong or doubtful in sources, and what each signature is to cost.
#include "app/commands.h"
#include "app/scan_options.h"
#include "app/signature_commands.h"
#include "mime/decoded_parts.h"
#include "signatures/lint/lint.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace postern::app {

namespace {

using Json = nlohmann::ordered_json;
using signatures::LintReport;
using signatures::Severity;

constexpr std::size_t dearest = 10;

struct Options {
    std::vector<std::string> sources;
    std::vector<std::string> corpus;
    Format format = Format::text;
};

void measure(const std::vector<std::string>& paths, signatures::Linter& linter) {
    corpora::Loader loader(paths, corpora::As::detect);
    while (const std::optional<corpora::Item> item = loader.next()) {
        if (!item->error.empty()) throw UsageError(item->path + ": " + item->error);
        const auto count = [&](std::span<const std::byte> octets) { linter.measure(octets); };
        if (item->is_message) mime::for_each_decoded_part(item->message, count);
        else count(item->message.bytes());
    }
}

void print_text(const LintReport& report) {
    for (const signatures::LintFinding& finding : report.findings) {
        std::printf("%s [%s]\n", to_string(finding.diagnostic).c_str(), std::string(finding.check).c_str());
    }
    std::printf("%zu errors, %zu warnings, %zu unsupported\n", report.count(Severity::error),
                report.count(Severity::warning), report.count(Severity::unsupported));
    if (report.costs.empty()) return;
    const std::string by = report.measured_octets == 0
                               ? "expected"
                               : "counted in " + std::to_string(report.measured_octets) + " octets";
    std::printf("the dearest of %zu body and logical signatures (hits of their literals in a MiB, %s)\n"
                "%12s %14s  signature\n", report.costs.size(), by.c_str(), "hits", "cost");
    for (std::size_t i = 0; i < report.costs.size() && i < dearest; ++i) {
        const signatures::LintCost& cost = report.costs[i];
        std::printf("%12.4f %14.4f  %s (%s:%zu)\n", cost.hits, cost.cost, cost.name.c_str(), cost.file.c_str(), cost.line);
    }
}

std::string_view word_for(Severity severity) {
    if (severity == Severity::error) return "error";
    return severity == Severity::warning ? "warning" : "unsupported";
}

void print_json(const LintReport& report) {
    Json findings = Json::array();
    for (const auto& [check, diagnostic] : report.findings) {
        findings.push_back({{"check", check},
                            {"severity", word_for(diagnostic.severity)},
                            {"file", diagnostic.file},
                            {"line", diagnostic.line},
                            {"column", diagnostic.column},
                            {"message", diagnostic.message}});
    }
    Json costs = Json::array();
    for (const signatures::LintCost& cost : report.costs) {
        costs.push_back({{"name", cost.name}, {"file", cost.file}, {"line", cost.line},
                         {"hits_per_mebibyte", cost.hits}, {"cost", cost.cost}});
    }
    const Json json{{"errors", report.count(Severity::error)},
                    {"warnings", report.count(Severity::warning)},
                    {"unsupported", report.count(Severity::unsupported)},
                    {"measured_octets", report.measured_octets},
                    {"findings", std::move(findings)},
                    {"costs", std::move(costs)}};
    std::printf("%s\n", json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

int check(const Options& options) {
    signatures::Linter linter;
    for (const std::string& path : options.sources) linter.add_path(path);
    if (!options.corpus.empty()) measure(options.corpus, linter);
    const LintReport report = linter.finish();
    if (options.format == Format::json) print_json(report);
    else print_text(report);
    return report.count(Severity::error) == 0 ? exit_accepted : exit_rejected;
}

}  // namespace

void add_signatures_check(CLI::App& group, int& exit_status) {
    CLI::App* command = group.add_subcommand("check", "Say what is wrong or doubtful in signature sources");
    const auto options = std::make_shared<Options>();
    command->add_option("SRC", options->sources, "Signature files, or folders of them")->required();
    command->add_option("--corpus", options->corpus, "Mail in which to count the literals that are looked for")
        ->type_name("PATH")->take_all()->allow_extra_args(false);
    command->add_option("-f,--format", options->format, "text (default) or json")->type_name("text|json")->transform(
        CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
    command->footer("Exit status: 0 no errors, though there may be warnings; 1 a source has errors; 2 the check failed.");
    command->callback([options, &exit_status] { exit_status = check(*options); });
}

}  // namespace postern::app
