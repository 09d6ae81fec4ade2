// SPDX-License-Identifier: Apache-2.0
#include "signatures/lint/lint.h"

#include "signatures/clamav/lines.h"
#include "signatures/lint/literal_meter.h"
#include "signatures/lint/shadows.h"
#include "signatures/signature_set.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>

namespace postern::signatures {

namespace {

// A literal this frequent is what an anchor of eight octets is chosen to avoid: 14 bits.
constexpr double common_hits = 64;
constexpr double octets_in_mebibyte = 1024 * 1024;

std::string rounded(double number) {
    char text[32];
    std::snprintf(text, sizeof text, number < 10 ? "%.1f" : "%.0f", number);
    return text;
}

bool is_read_by_line(std::optional<Format> format) {
    return format == Format::db || format == Format::ndb || format == Format::ldb;
}

// Calls visit(line, number) for each line that is no comment.
template <typename Visit>
void each_line(std::string_view text, Visit visit) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = clamav::take_line(text);
        if (!line.empty() && line[0] != '#') visit(line, number);
    }
}

}  // namespace

struct Linter::State {
    SetBuilder builder{SourceOptions{Unverified::refuse, Unwanted::load}};
    std::vector<std::filesystem::path> files;
    std::vector<LintedSignature> signatures;
    clamav::IgnoredNames ignored;
    LiteralMeter meter;
    LintReport report;
    bool is_read = false;

    void read();
    void read_ignored(const std::filesystem::path& file);
    void warn(std::string_view check, const LintedSignature& about, std::string message);
    std::string place(const LintedSignature& signature) const;
    void look_at_literals(const LintedSignature& signature);
    void look_for_same();
    void look_for_shadows();
    void estimate();
};

// Ignore lists first: they hold for all files, in whatever order these come.
void Linter::State::read() {
    if (is_read) return;
    is_read = true;
    for (const std::filesystem::path& file : files) read_ignored(file);
    for (std::size_t number = 0; number < files.size(); ++number) {
        const std::optional<Format> format = format_of(files[number].string());
        if (!is_read_by_line(format)) continue;
        std::error_code error;  // told by the builder
        const FileText text = read_file(files[number], error);
        each_line(text.view(), [&](std::string_view line, std::size_t at) {
            std::optional<LintedSignature> one = linted(*format, line, ignored);
            if (!one) return;
            one->file = number;
            one->line = at;
            for (const Anchor& anchor : one->anchors) meter.add(anchor);
            signatures.push_back(std::move(*one));
        });
    }
}

void Linter::State::read_ignored(const std::filesystem::path& file) {
    const std::optional<Format> format = format_of(file.string());
    if (format != Format::ign && format != Format::ign2) return;
    std::error_code error;
    const FileText text = read_file(file, error);
    Diagnostics told_elsewhere;
    SourceReport lines("", told_elsewhere);
    if (format == Format::ign) clamav::read_ign(text.view(), lines, ignored);
    else clamav::read_ign2(text.view(), lines, ignored);
}

std::string Linter::State::place(const LintedSignature& signature) const {
    return files[signature.file].string() + ':' + std::to_string(signature.line);
}

void Linter::State::warn(std::string_view check, const LintedSignature& about, std::string message) {
    report.findings.push_back({check, {Severity::warning, files[about.file].string(), about.line, 0,
                                       about.name + ' ' + std::move(message)}});
}

void Linter::State::look_at_literals(const LintedSignature& signature) {
    if (signature.lane == Lane::slow && signature.body.parts.empty()) {
        return warn("slow", signature, "requires nothing that could be looked for and is tried on every content of "
                                       "its target; require a subsignature that has a literal");
    }
    if (signature.lane == Lane::slow) {
        return warn("slow", signature, "has no literal to look for and is tried at every octet of every "
                                       "content of its target; give it two fixed octets in a row, or an offset");
    }
    double hits = 0;
    std::size_t shortest = anchor_length;
    for (const Anchor& anchor : signature.anchors) {
        hits += meter.hits(anchor);
        shortest = std::min(shortest, anchor.literals[0].size());
    }
    if (shortest < short_anchor) {
        warn("short", signature, "is looked for by " + std::to_string(shortest) + " octets, which costs a pass of "
                                 "its own; give it " + std::to_string(short_anchor) + " fixed octets in a row");
    } else if (hits > common_hits) {
        warn("common", signature, "is looked for by octets that " + std::string(meter.octets() ? "stand" : "are to be expected") +
                                  ' ' + rounded(hits) + " times in a MiB of mail; add fixed octets that are rarer");
    }
}

// The first of its kind is the one that the others are compared with.
void Linter::State::look_for_same() {
    std::unordered_map<std::string_view, const LintedSignature*> meanings, names;
    for (const LintedSignature& one : signatures) {
        const LintedSignature& like = *meanings.emplace(one.meaning, &one).first->second;
        const LintedSignature& named = *names.emplace(one.name, &one).first->second;
        if (&like != &one) {
            const std::string as = like.name == one.name ? "stands" : "finds the same as " + like.name;
            warn("same-body", one, as + (like.name == one.name ? " already in " : " in ") + place(like) + "; keep one");
        } else if (&named != &one) {
            warn("same-name", one, "is also the name of another body, in " + place(named) +
                                   "; a report will not tell which of them was found");
        }
    }
}

void Linter::State::look_for_shadows() {
    const std::vector<std::size_t> shadows = find_shadows(signatures);
    for (std::size_t i = 0; i < signatures.size(); ++i) {
        const LintedSignature& one = signatures[i];
        if (one.ignored) warn("ignored", one, "is taken out by an ignore list; remove one of the two");
        else if (shadows[i] != no_shadow) {
            const LintedSignature& general = signatures[shadows[i]];
            warn("shadowed", one, "adds nothing: wherever it matches, " + general.name + " in " + place(general) +
                                  " does too");
        }
    }
}

void Linter::State::estimate() {
    for (const LintedSignature& one : signatures) {
        if (one.ignored) continue;
        LintCost cost{one.name, files[one.file].string(), one.line, 0, 0};
        for (const Anchor& anchor : one.anchors) cost.hits += meter.hits(anchor);
        if (one.lane == Lane::slow) cost.hits = octets_in_mebibyte;
        cost.cost = cost.hits * static_cast<double>(one.elements);
        report.costs.push_back(std::move(cost));
    }
    std::stable_sort(report.costs.begin(), report.costs.end(),
                     [](const LintCost& a, const LintCost& b) { return a.cost > b.cost; });
}

std::size_t LintReport::count(Severity severity) const {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(),
                      [&](const LintFinding& finding) { return finding.diagnostic.severity == severity; }));
}

Linter::Linter() : state_(std::make_unique<State>()) {}
Linter::~Linter() = default;

void Linter::add_path(const std::filesystem::path& path) {
    state_->builder.add_path(path);
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) return state_->files.push_back(path);
    for (std::filesystem::path& file : source_files(path, error)) state_->files.push_back(std::move(file));
}

void Linter::measure(std::span<const std::byte> content) {
    state_->read();
    state_->meter.measure(content);
}

LintReport Linter::finish() {
    State& state = *state_;
    state.read();
    state.builder.build();
    for (const Diagnostic& diagnostic : state.builder.diagnostics()) state.report.findings.push_back({"load", diagnostic});
    for (const LintedSignature& one : state.signatures) {
        if (!one.ignored) state.look_at_literals(one);
    }
    state.look_for_same();
    state.look_for_shadows();
    state.estimate();
    state.report.measured_octets = state.meter.octets();
    std::stable_sort(state.report.findings.begin(), state.report.findings.end(),
                     [](const LintFinding& a, const LintFinding& b) {
                         return std::tie(a.diagnostic.file, a.diagnostic.line) <
                                std::tie(b.diagnostic.file, b.diagnostic.line);
                     });
    return std::move(state.report);
}

}  // namespace postern::signatures
