// SPDX-License-Identifier: Apache-2.0
// One line, one signature; whatever is wrong with it is told at the octet where it is wrong.
#include "signatures/clamav/ndb.h"

#include "signatures/clamav/body_parser.h"
#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"
#include "signatures/clamav/offset_field.h"

namespace postern::signatures::clamav {

namespace {

constexpr std::size_t min_literal = 3;

// Numbers that ClamAV gives to nobody may be given one day: unsupported, not wrong.
bool read_target(std::string_view text, SourceReport& report, Target& target) {
    const auto number = parse_number(text);
    if (!number) {
        report.error(text.data(), "no target; write a number from 0 to 14");
        return false;
    }
    if (*number >= target_count || *number == 8) {
        report.add(Severity::unsupported, text.data(),
                   "target " + std::string(text) + " is not known; targets are 0 to 7 and 9 to 14");
        return false;
    }
    target = static_cast<Target>(*number);
    return true;
}

bool read_offset(std::string_view text, SourceReport& report, BodySignature& signature) {
    ParsedOffset parsed = parse_offset(text, signature.target);
    if (!parsed.error.empty())
        report.error(text.data(), std::move(parsed.error));
    else if (!parsed.unsupported.empty())
        report.add(Severity::unsupported, text.data(), std::move(parsed.unsupported));
    else {
        signature.offset = parsed.offset;
        return true;
    }
    return false;
}

// The limit of three octets is ClamAV's: two are found in every file, by the thousand.
bool read_body(std::string_view text, SourceReport& report, BodySignature& signature) {
    ParsedBody parsed = parse_body(text);
    if (parsed.error) {
        report.error(parsed.error->at, std::move(parsed.error->message));
        return false;
    }
    signature.body = std::move(parsed.body);
    const bool common = signature.target == Target::any || signature.target == Target::pe;
    if (common && is_pure_literal(signature.body) && text.size() < 2 * min_literal) {
        report.error(text.data(), "two octets are found everywhere; write three at least");
        return false;
    }
    return true;
}

// The line stays with the signature: ignore lists and the generation are about whole lines.
void keep(std::string_view line, std::string_view name, BodySignature&& signature,
          std::vector<BodySignature>& out) {
    signature.line = line;
    signature.name_length = name.size();
    out.push_back(std::move(signature));
}

void read_ndb_line(std::string_view line, SourceReport& report, std::vector<BodySignature>& out) {
    const Fields fields = split(line, ':');
    if (fields.count < 4 || fields.count > 6) {
        return report.error(nullptr,
                            "a body signature has 4 to 6 fields; write "
                            "Name:Target:Offset:Hex");
    }
    const Level level = level_of(fields, 4, report);
    if (level == Level::other) {
        return report.add(Severity::unsupported, fields[4].data(),
                          "the line is for other functionality levels than 213");
    }
    BodySignature signature;
    if (level != Level::ours || !is_name(fields[0], report) ||
        !read_target(fields[1], report, signature.target) ||
        !read_offset(fields[2], report, signature) || !read_body(fields[3], report, signature)) {
        return;
    }
    keep(line, fields[0], std::move(signature), out);
}

// Nothing but a name and a body: any content, any place.
void read_db_line(std::string_view line, SourceReport& report, std::vector<BodySignature>& out) {
    const std::size_t sign = line.find('=');
    if (sign == line.npos) return report.error(nullptr, "no =; write Name=Hex");
    const std::string_view name = line.substr(0, sign);
    BodySignature signature;
    if (!is_name(name, report) || !read_body(line.substr(sign + 1), report, signature)) return;
    keep(line, name, std::move(signature), out);
}

}  // namespace

void read_ndb(std::string_view text, SourceReport& report, std::vector<BodySignature>& out) {
    for_each_line(text, report, [&](std::string_view line) { read_ndb_line(line, report, out); });
}

void read_db(std::string_view text, SourceReport& report, std::vector<BodySignature>& out) {
    for_each_line(text, report, [&](std::string_view line) { read_db_line(line, report, out); });
}

}  // namespace postern::signatures::clamav
