// SPDX-License-Identifier: Apache-2.0
// Sources are read when they are added and kept as values; build() takes out what is ignored,
// brings the rest into an order that does not depend on the sources', and makes the tables.
#include "signatures/built_in.h"
#include "signatures/catalog/source_lines.h"
#include "signatures/clamav/cdb.h"
#include "signatures/clamav/container.h"
#include "signatures/clamav/ftm.h"
#include "signatures/clamav/hash_db.h"
#include "signatures/clamav/ignore.h"
#include "signatures/clamav/ldb.h"
#include "signatures/clamav/ndb.h"
#include "signatures/generation.h"
#include "signatures/lanes.h"
#include "signatures/sources.h"
#include "signatures/take_out.h"
#include "signatures/unsupported.h"
#include "signatures/yara/rule_reader.h"
#include "signatures/yara/rule_set.h"

#include <algorithm>
#include <thread>

namespace postern::signatures {

namespace {

// What lies next to a source on disk.
struct Beside {
    std::filesystem::path folder;  // whose files rules may include; empty: none
    std::string_view detached;     // the signature of a container
};

}  // namespace

struct SetBuilder::State {
    SourceOptions options;
    ContainerKeys keys;
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
                return read_digests(text, clamav::DigestOf::content, report, tables->digests);
            case Format::allowed_digests:
                return read_digests(text, clamav::DigestOf::content, report, tables->allowed);
            case Format::sections:
                return read_digests(text, clamav::DigestOf::section, report, tables->sections);
            case Format::imports:
                return read_digests(text, clamav::DigestOf::imports, report, tables->imports);
            case Format::members:
                return clamav::read_cdb(text, report, signatures.members);
            case Format::zip_members:
                return clamav::read_member_lines(text, ContentType::zip, report, signatures.members);
            case Format::rar_members:
                return clamav::read_member_lines(text, ContentType::rar, report, signatures.members);
            case Format::ign:
                statistics.ignored_names += clamav::read_ign(text, report, ignored);
                return;
            case Format::ign2:
                statistics.ignored_names += clamav::read_ign2(text, report, ignored);
                return;
            case Format::file_types:
                return clamav::read_ftm(text, report);
            case Format::yara:
            case Format::container:
            case Format::unsupported:
                return;  // add() knows what to do with them
        }
    }

    void read_digests(std::string_view text, clamav::DigestOf what, SourceReport& report,
                      DigestTables& out) {
        clamav::read_hash_db(text, what, report, {tables->names, out});
    }

    void read_rules(const yara::RuleSource& source) {
        const yara::SourceErrors errors = yara::read_rules(source, diagnostics, rules);
        tables->statistics.errors += errors.errors;
        tables->statistics.unsupported += errors.unsupported;
    }

    // The one way in, for files, texts and members alike, so that everything is counted.
    void add(std::string_view name, std::string_view text, const Beside& beside = {}) {
        SourceReport report(name, diagnostics);
        const auto format = format_of(name);
        if (format == Format::yara) return read_rules({name, text, beside.folder});
        if (!format) {
            report.error(nullptr, "no signature format has this name; those read are " +
                                      read_suffixes());
        } else if (*format == Format::unsupported) {
            report.leave_out(entries_of(text), Severity::unsupported, why_unsupported(name));
        } else if (is_unwanted(name) && options.unwanted == Unwanted::leave_out) {
            const std::size_t entries = entries_of(text);
            tables->statistics.unwanted += entries;
            report.leave_out(entries, Severity::warning,
                             "potentially unwanted programs are looked for on request only");
        } else if (*format == Format::container) {
            add_container(name, {text, beside.detached}, report);
        } else {
            read(*format, text, report);
        }
        tables->statistics.errors += report.errors();
        tables->statistics.unsupported += report.unsupported();
    }

    // Members are sources like others. What has no format there is a licence or the like.
    void add_container(std::string_view name, const clamav::ContainerSource& source,
                       SourceReport& report) {
        const auto add_member = [&](std::string_view member, std::string_view text) {
            const auto format = format_of(member);
            if (format == Format::container) {
                report.error(nullptr, "a container inside a container is not loaded");
            } else if (format) {
                add(std::string(name) + '/' + std::string(member), text);
            }
        };
        clamav::read_container(source, {keys, options.unverified}, report, add_member);
    }

    void add_file(const std::filesystem::path& path) {
        std::error_code error;
        // A name without a format is told before the file is read, which may be large.
        const auto format = format_of(path.string());
        const FileText text = format ? read_file(path, error) : FileText();
        if (error) return cannot_read(path, error);
        FileText detached;
        if (format == Format::container) {
            std::error_code missing;
            detached = read_file(path.string() + ".sign", missing);
        }
        const auto folder = path.has_parent_path() ? path.parent_path() : ".";
        add(path.string(), text.view(), {folder, detached.view()});
    }

    void compile_rules() {
        tables->statistics.ignored += yara::take_out(ignored, rules);
        yara::bring_into_order(rules);
        keep_lines();
        const std::size_t told = diagnostics.size();
        tables->rules = yara::compile(std::move(rules), diagnostics);
        tables->statistics.errors += diagnostics.size() - told;
        tables->statistics.yara_rules = tables->rules.reported;
    }

    // REQUIRES: all is in its final order.
    void keep_lines() {
        if (options.lines == KeepLines::no) return;
        SourceLines lines;
        lines.add(signatures);
        lines.add(rules);
        tables->lines = lines.pack();
    }

    void cannot_read(const std::filesystem::path& path, const std::error_code& error) {
        SourceReport report(path.native(), diagnostics);
        report.error(nullptr, "cannot be read: " + error.message());
        ++tables->statistics.errors;
    }
};

SetBuilder::SetBuilder(SourceOptions options) : state_(std::make_unique<State>()) {
    state_->options = options;
}
SetBuilder::~SetBuilder() = default;

const Diagnostics& SetBuilder::diagnostics() const {
    return state_->diagnostics;
}

void SetBuilder::add_keys(std::string_view name, std::string_view text) {
    state_->keys.add(name, text, state_->diagnostics);
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
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    SignatureSet::Tables& tables = *state_->tables;
    SetStatistics& statistics = tables.statistics;

    Signatures& signatures = state_->signatures;
    statistics.ignored += take_out(state_->ignored, signatures.bodies);
    statistics.ignored += take_out(state_->ignored, signatures.logical);
    statistics.ignored += take_out(state_->ignored, signatures.members);
    const auto seal = [&](FirstField first, DigestTables& digests) {
        statistics.ignored += seal_digests(state_->ignored, tables.names, first, digests);
    };
    seal(FirstField::hash, tables.digests);
    seal(FirstField::size, tables.sections);
    seal(FirstField::hash, tables.imports);
    seal_digests({}, tables.names, FirstField::hash, tables.allowed);
    bring_into_order(signatures.bodies);
    bring_into_order(signatures.logical);
    bring_into_order(signatures.members);
    tables.rename_digests();
    tables.members = make_member_table(signatures.members, tables.names);
    statistics.member_signatures = tables.members.rows.size();
    state_->compile_rules();
    statistics.body_signatures = signatures.bodies.size();
    statistics.logical_signatures = signatures.logical.size();
    statistics.digest_signatures = tables.digests.size();
    statistics.allowed_digests = tables.allowed.size();
    statistics.section_digests = tables.sections.size();
    statistics.import_digests = tables.imports.size();
    tables.generation = generation_of(signatures, tables);
    build_lanes(std::move(signatures), threads, tables);
    tables.make_ready();

    return std::make_shared<SignatureSet>(std::move(state_->tables));
}

}  // namespace postern::signatures
