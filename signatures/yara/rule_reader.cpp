// SPDX-License-Identifier: Apache-2.0
// Included statements go where the include stands, so that rules see those above them.
#include "signatures/yara/rule_reader.h"

#include "signatures/sources.h"
#include "signatures/yara/rule_check.h"

#include <algorithm>
#include <set>

namespace postern::signatures::yara {

namespace {

namespace fs = std::filesystem;

constexpr unsigned deepest_include = 16;
constexpr std::size_t largest_unit = std::size_t{64} << 20;  // octets of source

class Reading {
public:
    Reading(Diagnostics& diagnostics, RuleUnit& unit, const fs::path& folder)
        : diagnostics_(diagnostics), check_(unit) {
        std::error_code error;
        if (!folder.empty()) folder_ = fs::canonical(folder, error);
    }

    void read(std::string_view name, std::string_view text, unsigned depth) {
        SourceReport report(name, diagnostics_);
        octets_ += text.size();
        if (octets_ > largest_unit) {
            report.error(nullptr, "more than 64 MiB of rules in one file and what it includes: "
                                  "divide it");
        } else {
            for (const Statement& statement : statements_of(text)) {
                if (statement.kind == StatementKind::include) {
                    include(statement, Place{name, text, depth}, report);
                } else {
                    check_.take(statement, text, report);
                }
            }
        }
        report.finish();
        errors_.errors += report.errors();
        errors_.unsupported += report.unsupported();
    }

    void mark_read(const fs::path& file) { seen_.insert(file); }
    const fs::path& folder() const { return folder_; }
    const SourceErrors& errors() const { return errors_; }

private:
    struct Place {
        std::string_view file;
        std::string_view text;
        unsigned depth;
    };

    void include(const Statement& statement, const Place& place, SourceReport& report) {
        const auto wrong = [&](std::string message) {
            const auto begin = place.text.rfind('\n', offset_of(statement, place));
            const auto line = place.text.substr(begin == place.text.npos ? 0 : begin + 1);
            report.begin_line(line, statement.line);
            report.error(statement.text.data(), std::move(message));
        };
        if (folder_.empty()) return wrong("include works in files alone: put the rules here");
        if (place.depth == deepest_include) {
            return wrong("more than 16 files include each other: include them from one file");
        }
        std::error_code error;
        const fs::path file = fs::canonical(fs::path(place.file).parent_path() /
                                                fs::path(statement.name), error);
        if (error) return wrong("cannot be included: " + error.message());
        if (!is_inside(file)) {
            return wrong("only files in the folder of this source, or below it, can be included");
        }
        if (!seen_.insert(file).second) return;
        const FileText text = read_regular(file, error);
        if (error) return wrong("cannot be included: " + error.message());
        read(file.native(), text.view(), place.depth + 1);
    }

    static std::size_t offset_of(const Statement& statement, const Place& place) {
        return static_cast<std::size_t>(statement.text.data() - place.text.data());
    }

    bool is_inside(const fs::path& file) const {
        return std::mismatch(folder_.begin(), folder_.end(), file.begin(), file.end()).first ==
               folder_.end();
    }

    static FileText read_regular(const fs::path& file, std::error_code& error) {
        if (!fs::is_regular_file(file, error)) {
            if (!error) error = std::make_error_code(std::errc::invalid_argument);
            return {};
        }
        const auto size = fs::file_size(file, error);
        if (!error && size > largest_unit) error = std::make_error_code(std::errc::file_too_large);
        return error ? FileText() : read_file(file, error);
    }

    Diagnostics& diagnostics_;
    RuleCheck check_;
    fs::path folder_;
    std::set<fs::path> seen_;
    std::size_t octets_ = 0;
    SourceErrors errors_;
};

}  // namespace

SourceErrors read_rules(const RuleSource& source, Diagnostics& diagnostics,
                        std::vector<RuleUnit>& out) {
    RuleUnit unit;
    unit.file = source.name;
    Reading reading(diagnostics, unit, source.folder);
    if (!reading.folder().empty()) {
        std::error_code error;
        const fs::path self = fs::canonical(fs::path(source.name), error);
        if (!error) reading.mark_read(self);
    }
    reading.read(source.name, source.text, 0);
    if (!unit.rules.empty()) out.push_back(std::move(unit));
    return reading.errors();
}

}  // namespace postern::signatures::yara
