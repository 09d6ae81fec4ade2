// SPDX-License-Identifier: Apache-2.0
// Sources are read when they are added and kept as values; build() takes out what is ignored,
// brings the rest into an order that does not depend on the sources', and makes the tables.
#include "signatures/built_in.h"
#include "signatures/clamav/hash_db.h"
#include "signatures/clamav/ignore.h"
#include "signatures/clamav/ldb.h"
#include "signatures/clamav/ndb.h"
#include "signatures/generation.h"
#include "signatures/lanes.h"
#include "signatures/sources.h"
#include "signatures/take_out.h"
#include "signatures/yara/rule_reader.h"
#include "signatures/yara/rule_set.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace postern::signatures {

struct SetBuilder::State {
    Diagnostics diagnostics;
    Signatures signatures;
    std::vector<yara::RuleUnit> rules;
    clamav::IgnoredNames ignored;
    std::unique_ptr<SignatureSet::Tables> tables = std::make_unique<SignatureSet::Tables>();

    void read(Format format, std::string_view text, SourceReport& report) {
        SetStatistics& statistics = tables->statistics;
        switch (format) {
            case Format::db:
                return clamav::read_db(text, report, signatures.bodies);
            case Format::ndb:
                return clamav::read_ndb(text, report, signatures.bodies);
            case Format::ldb:
                return clamav::read_ldb(text, report, signatures.logical);
            case Format::digests:
                return clamav::read_hash_db(text, report, tables->names, tables->digests);
            case Format::allowed_digests:
                return clamav::read_hash_db(text, report, tables->names, tables->allowed);
            case Format::ign:
                statistics.ignored_names += clamav::read_ign(text, report, ignored);
                return;
            case Format::ign2:
                statistics.ignored_names += clamav::read_ign2(text, report, ignored);
                return;
            case Format::yara:
                return;  // read_rules: these have files of their own to tell of
        }
    }

    void read_rules(const yara::RuleSource& source) {
        const yara::SourceErrors errors = yara::read_rules(source, diagnostics, rules);
        tables->statistics.errors += errors.errors;
        tables->statistics.unsupported += errors.unsupported;
    }

    // The one way in, for files and texts alike, so that everything is counted. Rules may include
    // what is in the folder.
    void add(std::string_view name, std::string_view text, std::filesystem::path folder = {}) {
        SourceReport report(name, diagnostics);
        const auto format = format_of(name);
        if (format == Format::yara) return read_rules({name, text, std::move(folder)});
        if (!format) {
            report.error(nullptr,
                         "no signature format has this name; those read are .ndb .ndu .db "
                         ".ldb .ldu .hdb .hdu .hsb .hsu .fp .sfp .ign .ign2 .yar .yara");
        } else {
            read(*format, text, report);
        }
        tables->statistics.errors += report.errors();
        tables->statistics.unsupported += report.unsupported();
    }

    void add_file(const std::filesystem::path& path) {
        std::error_code error;
        // A name without a format is told before the file is read, which may be large.
        const FileText text = format_of(path.string()) ? read_file(path, error) : FileText();
        if (error) return cannot_read(path, error);
        const auto folder = path.has_parent_path() ? path.parent_path() : ".";
        add(path.string(), text.view(), folder);
    }

    void compile_rules() {
        tables->statistics.ignored += yara::take_out(ignored, rules);
        yara::bring_into_order(rules);
        tables->rules = yara::compile(std::move(rules), diagnostics);
        if (tables->rules.empty()) return;
        tables->compiled_rules = yara::CompiledRules::load(tables->rules);
        tables->statistics.yara_rules = tables->rules.reported;
    }

    void cannot_read(const std::filesystem::path& path, const std::error_code& error) {
        SourceReport report(path.native(), diagnostics);
        report.error(nullptr, "cannot be read: " + error.message());
        ++tables->statistics.errors;
    }
};

SetBuilder::SetBuilder() : state_(std::make_unique<State>()) {}
SetBuilder::~SetBuilder() = default;

const Diagnostics& SetBuilder::diagnostics() const {
    return state_->diagnostics;
}

void SetBuilder::add_built_in() {
    state_->add("built-in.ndb", built_in_source());
}

void SetBuilder::add_text(std::string_view name, std::string_view text) {
    state_->add(name, text);
}

void SetBuilder::add_path(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) return state_->add_file(path);
    const auto files = source_files(path, error);
    if (error) state_->cannot_read(path, error);
    for (const std::filesystem::path& file : files) state_->add_file(file);
}

std::shared_ptr<const SignatureSet> SetBuilder::build(unsigned threads) {
    const auto begin = std::chrono::steady_clock::now();
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    SignatureSet::Tables& tables = *state_->tables;
    SetStatistics& statistics = tables.statistics;

    Signatures& signatures = state_->signatures;
    statistics.ignored += take_out(state_->ignored, signatures.bodies);
    statistics.ignored += take_out(state_->ignored, signatures.logical);
    statistics.ignored += seal_digests(state_->ignored, tables.names, tables.digests);
    seal_digests({}, tables.names, tables.allowed);
    bring_into_order(signatures.bodies);
    bring_into_order(signatures.logical);
    state_->compile_rules();
    statistics.body_signatures = signatures.bodies.size();
    statistics.logical_signatures = signatures.logical.size();
    statistics.digest_signatures = tables.digests.size();
    statistics.allowed_digests = tables.allowed.size();
    tables.generation = generation_of(signatures, tables);
    build_lanes(std::move(signatures), threads, tables);

    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    statistics.build_seconds = taken.count();
    return std::make_shared<SignatureSet>(std::move(state_->tables));
}

}  // namespace postern::signatures
