// SPDX-License-Identifier: Apache-2.0
// From the third field on a slash begins or ends a regex, inside of which a semicolon divides
// nothing.
#include "signatures/clamav/ldb.h"

#include "signatures/clamav/ldb_description.h"
#include "signatures/clamav/ldb_expression.h"
#include "signatures/clamav/ldb_subsignature.h"
#include "signatures/clamav/lines.h"

namespace postern::signatures::clamav {

namespace {

// Name, description, expression, and one more than can be right.
constexpr std::size_t fields_before = 3;
constexpr std::size_t most_fields = fields_before + most_subsignatures + 1;

class LineReader {
public:
    LineReader(SourceReport& report, LogicalSignature& out) : report_(report), out_(out) {}

    bool read(std::string_view line) {
        const std::vector<std::string_view> fields = logical_fields(line);
        if (fields.size() <= fields_before) {
            report_.error(nullptr, "a logical signature has 4 fields or more; write "
                                   "Name;Description;Expression;Subsignature");
            return false;
        }
        out_.line = line;
        out_.name_length = fields[0].size();
        return is_name(fields[0], report_) &&
               read_description(fields[1], report_, out_.description) &&
               read_expression(fields[2], fields.size() - fields_before) &&
               read_subsignatures(std::span(fields).subspan(fields_before));
    }

private:
    bool read_expression(std::string_view text, std::size_t count) {
        ParsedExpression parsed = parse_expression(text);
        if (!parsed.error.empty()) {
            report_.error(parsed.at, std::move(parsed.error));
            return false;
        }
        if (highest_named(parsed.expression) + std::size_t{1} != count) {
            report_.error(text.data(), "the expression and the subsignatures disagree; the highest "
                                       "number is one less than there are of them");
            return false;
        }
        if (parsed.doubtful) {
            report_.add(Severity::warning, parsed.doubtful,
                        "of one subsignature the last of =n, >n, <n counts and all else is passed over "
                        "(>=n means =n); write nothing, or one of these");
        }
        out_.expression = std::move(parsed.expression);
        return true;
    }

    bool read_subsignatures(std::span<const std::string_view> fields) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
            out_.subsignatures.emplace_back();
            if (!read_subsignature(fields[i], {i, out_.description.target}, report_,
                                   out_.subsignatures.back())) {
                return false;
            }
        }
        return compares_what_exists();
    }

    bool compares_what_exists() {
        for (const Subsignature& one : out_.subsignatures) {
            if (one.is_body() || one.is_regex()) continue;
            if (one.compare.beside < out_.subsignatures.size() &&
                out_.subsignatures[one.compare.beside].is_body()) {
                continue;
            }
            report_.error(nullptr, "a byte comparison stands beside no body; write the number of "
                                   "one");
            return false;
        }
        return true;
    }

    SourceReport& report_;
    LogicalSignature& out_;
};

}  // namespace

std::vector<std::string_view> logical_fields(std::string_view line) {
    std::vector<std::string_view> fields;
    std::size_t begin = 0;
    bool in_regex = false;
    for (std::size_t i = 0; i < line.size() && fields.size() < most_fields; ++i) {
        const bool slash = line[i] == '/' && i > 0 && line[i - 1] != '\\';
        if (slash && fields.size() + 1 >= fields_before) in_regex = !in_regex;
        if (line[i] != ';' || in_regex) continue;
        fields.push_back(line.substr(begin, i - begin));
        begin = i + 1;
    }
    fields.push_back(line.substr(begin));
    return fields;
}

void read_ldb(std::string_view text, SourceReport& report, std::vector<LogicalSignature>& out) {
    for_each_line(text, report, [&](std::string_view line) {
        LogicalSignature signature;
        if (LineReader(report, signature).read(line)) out.push_back(std::move(signature));
    });
}

}  // namespace postern::signatures::clamav
