// SPDX-License-Identifier: Apache-2.0
#include "app/signature_argument.h"

#include "app/errors.h"
#include "signatures/catalog/entry.h"
#include "signatures/catalog/parsed_line.h"
#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"
#include "signatures/yara/rule_text.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace postern::app {

namespace {

using signatures::Format;

struct Extension {
    Format format;
    const char* name;
};
constexpr std::array<Extension, 11> extensions{{{Format::db, ".db"},
                                                {Format::ndb, ".ndb"},
                                                {Format::ldb, ".ldb"},
                                                {Format::digests, ".hdb"},
                                                {Format::allowed_digests, ".fp"},
                                                {Format::sections, ".mdb"},
                                                {Format::imports, ".imp"},
                                                {Format::members, ".cdb"},
                                                {Format::zip_members, ".zmd"},
                                                {Format::rar_members, ".rmd"},
                                                {Format::yara, ".yara"}}};

std::string extension_of(Format format) {
    for (const Extension& row : extensions) {
        if (row.format == format) return row.name;
    }
    return ".ndb";
}

Format format_of_file(const std::string& file, const std::string& type) {
    const auto format = signatures::format_of(type.empty() ? file : "x." + type);
    if (!format || !signatures::holds_signatures(*format)) {
        throw UsageError((type.empty() ? file : "--type " + type) +
                         ": holds no signatures by its name; use one of ndb ldb hdb hsb mdb msb imp cdb fp yara");
    }
    return *format;
}

std::string text_of(const std::string& file) {
    std::error_code error;
    const signatures::FileText text = signatures::read_file(file, error);
    if (error) throw UsageError(file + ": cannot be read: " + error.message());
    return std::string(text.view());
}

// The rule that stands at this line, or the only one where `line` is 0.
void take_rule(SignatureArgument& out, const std::string& where) {
    std::size_t rules = 0;
    for (const auto& statement : signatures::yara::statements_of(out.source)) {
        if (statement.kind != signatures::yara::StatementKind::rule) continue;
        const auto lines = static_cast<std::size_t>(std::count(statement.text.begin(), statement.text.end(), '\n'));
        if (out.line != 0 && (out.line < statement.line || out.line > statement.line + lines)) continue;
        ++rules;
        out.text = statement.text;
        if (out.line != 0) break;
    }
    if (rules == 0) throw UsageError(where + ": no YARA rule stands there");
    if (rules > 1) throw UsageError(where + ": holds more than one rule; name one by its line, as file.yara:12");
}

void take_line(SignatureArgument& out, const std::string& where) {
    std::string_view rest = out.source;
    std::size_t found = 0;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::string_view line = signatures::clamav::take_line(rest);
        if (line.empty() || line[0] == '#' || (out.line != 0 && number != out.line)) continue;
        out.text = line;
        if (++found == 1 && out.line != 0) break;
    }
    if (found == 0) throw UsageError(where + ": no signature stands there");
    if (found > 1) throw UsageError(where + ": holds more than one signature; name one by its line, as file.ndb:12");
    out.source = out.text;
}

SignatureArgument from_file(SignatureArgument out, const std::string& where, const std::string& type) {
    out.format = format_of_file(out.file, type);
    out.extension = extension_of(out.format);
    out.source = text_of(out.file);
    if (out.format == Format::yara) take_rule(out, where);
    else take_line(out, where);
    return out;
}

}  // namespace

std::string name_of(const SignatureArgument& argument) {
    if (argument.format == Format::yara) {
        const auto rest = argument.text.substr(argument.text.find("rule") + 4);
        const std::size_t begin = rest.find_first_not_of(" \t\r\n");
        return "YARA." + rest.substr(begin, rest.find_first_of(" \t\r\n:{", begin) - begin);
    }
    signatures::Diagnostics told;
    const auto parsed = parse_line(argument.format, argument.text, "", told);
    if (!parsed) throw UsageError("the signature does not load: " + (told.empty() ? "" : told.front().message));
    return std::string(signatures::name_of(*parsed));
}

std::optional<SignatureArgument> signature_argument(const std::string& text, const std::string& type) {
    SignatureArgument out;
    if (text.starts_with('@')) {
        out.file = text.substr(1);
        return from_file(std::move(out), out.file, type);
    }
    const std::size_t colon = text.rfind(':');
    const auto line = colon == text.npos ? std::nullopt : signatures::clamav::parse_number(text.substr(colon + 1));
    std::error_code error;
    if (line && std::filesystem::is_regular_file(text.substr(0, colon), error)) {
        out.file = text.substr(0, colon);
        out.line = *line;
        return from_file(std::move(out), text, type);
    }
    const auto format = type.empty() ? signatures::format_of_line(text) : format_of_file("", type);
    if (!format) return std::nullopt;
    out.format = *format;
    out.extension = extension_of(*format);
    out.text = out.source = text;
    if (*format == Format::yara) take_rule(out, "the rule");
    return out;
}

}  // namespace postern::app
