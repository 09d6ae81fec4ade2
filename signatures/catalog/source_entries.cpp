// SPDX-License-Identifier: Apache-2.0
// Ignore lists first, since they hold for all files in whatever order these come; then line by line.
#include "signatures/catalog/catalog.h"
#include "signatures/catalog/parsed_line.h"
#include "signatures/clamav/container.h"
#include "signatures/clamav/ignore.h"
#include "signatures/clamav/lines.h"
#include "signatures/unsupported.h"
#include "signatures/yara/rule_reader.h"
#include "signatures/yara/rule_set.h"
#include "signatures/yara/rule_text.h"

namespace postern::signatures {

namespace {

namespace fs = std::filesystem;

struct SourceText {
    std::string_view name;
    std::string_view text;
    fs::path folder;  // whose files rules may include; empty: none
};

class Walk {
public:
    Walk(const SourceCatalog& sources, Diagnostics& told, const EntryVisit& visit)
        : sources_(sources), told_(told), visit_(visit) {}

    void run() {
        const std::vector<fs::path> files = all_files();
        for (const fs::path& file : files) {
            const auto format = format_of(file.string());
            const bool may_ignore = format == Format::ign || format == Format::ign2 || format == Format::container;
            if (may_ignore) each_source(file, [&](const SourceText& source) { read_ignored(source); });
        }
        for (const fs::path& file : files) {
            each_source(file, [&](const SourceText& source) { read_signatures(source); });
        }
    }

private:
    std::vector<fs::path> all_files() {
        std::vector<fs::path> files;
        for (const fs::path& path : sources_.paths) {
            std::error_code error;
            if (!fs::is_directory(path, error)) {
                files.push_back(path);
                continue;
            }
            for (fs::path& file : source_files(path, error)) files.push_back(std::move(file));
            if (error) wrong(path, "cannot be read: " + error.message());
        }
        return files;
    }

    void wrong(const fs::path& path, std::string message) {
        told_.push_back({Severity::error, path.string(), 0, 0, std::move(message)});
    }

    // The file, or each member of the container that it is.
    void each_source(const fs::path& file, const std::function<void(const SourceText&)>& each) {
        const auto format = format_of(file.string());
        if (!format) return wrong(file, "no signature format has this name; those read are " + read_suffixes());
        std::error_code error;
        const FileText text = read_file(file, error);
        if (error) return wrong(file, "cannot be read: " + error.message());
        const std::string name = file.string();
        if (*format != Format::container) {
            return each({name, text.view(), file.has_parent_path() ? file.parent_path() : "."});
        }
        SourceReport report(name, told_);
        clamav::read_container({text.view(), {}}, {keys_, Unverified::accept}, report,
                               [&](std::string_view member, std::string_view octets) {
                                   const std::string whole = name + '/' + std::string(member);
                                   if (format_of(member)) each({whole, octets, {}});
                               });
    }

    void read_ignored(const SourceText& source) {
        SourceReport report(source.name, told_);
        const auto format = format_of(source.name);
        if (format == Format::ign) clamav::read_ign(source.text, report, ignored_);
        if (format == Format::ign2) clamav::read_ign2(source.text, report, ignored_);
    }

    void read_signatures(const SourceText& source) {
        const auto format = format_of(source.name);
        if (is_unwanted(source.name) && sources_.unwanted == Unwanted::leave_out) return;
        if (!format || !holds_signatures(*format)) return;
        if (*format == Format::yara) return read_rules(source);
        std::string_view rest = source.text;
        for (std::size_t number = 1; !rest.empty(); ++number) {
            const std::string_view line = clamav::take_line(rest);
            if (!line.empty() && line[0] != '#') read_line(source, *format, {line, number});
        }
    }

    struct Numbered {
        std::string_view line;
        std::size_t number;
    };

    void read_line(const SourceText& source, Format format, const Numbered& at) {
        const std::size_t before = told_.size();
        const auto parsed = parse_line(format, at.line, source.name, told_);
        for (std::size_t i = before; i < told_.size(); ++i) told_[i].line = at.number;
        if (!parsed || is_ignored(ignored_, *parsed, format)) return;
        visit_({kind_of(format), format, name_of(*parsed), at.line, source.name, at.number});
    }

    void read_rules(const SourceText& source) {
        std::vector<yara::RuleUnit> units;
        yara::read_rules({source.name, source.text, source.folder}, told_, units);
        yara::take_out(ignored_, units);
        const std::vector<yara::Statement> statements = yara::statements_of(source.text);
        for (const yara::RuleUnit& unit : units) {
            for (const yara::Rule& rule : unit.rules) {
                const std::string name = "YARA." + rule.name;
                visit_({SignatureKind::rule, Format::yara, name, rule.text, source.name, line_of(statements, rule)});
            }
        }
    }

    // Of a rule that was included the file and line are not known: 0.
    static std::size_t line_of(const std::vector<yara::Statement>& statements, const yara::Rule& rule) {
        for (const yara::Statement& statement : statements) {
            if (statement.kind == yara::StatementKind::rule && statement.name == rule.name) return statement.line;
        }
        return 0;
    }

    const SourceCatalog& sources_;
    Diagnostics& told_;
    const EntryVisit& visit_;
    clamav::IgnoredNames ignored_;
    ContainerKeys keys_;
};

}  // namespace

void visit_entries(const SourceCatalog& sources, Diagnostics& told, const EntryVisit& visit) {
    Walk(sources, told, visit).run();
}

}  // namespace postern::signatures
