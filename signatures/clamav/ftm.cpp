// SPDX-License-Identifier: Apache-2.0
// Modes: 0 octets at an offset, 1 a body pattern anywhere, 4 a partition.
#include "signatures/clamav/ftm.h"

#include "signatures/clamav/body_parser.h"
#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"
#include "signatures/content_type.h"

namespace postern::signatures::clamav {

namespace {

constexpr std::uint64_t pattern_mode = 1;

bool check_magic(std::string_view magic, std::uint64_t mode, SourceReport& report) {
    if (mode == pattern_mode) {
        ParsedBody parsed = parse_body(magic);
        if (parsed.error) report.error(parsed.error->at, std::move(parsed.error->message));
        return !parsed.error;
    }
    for (const char& c : magic) {
        if (hex_digit(c) >= 0) continue;
        report.error(&c, "no hex digit; write octets as two of 0-9 a-f");
        return false;
    }
    const bool whole = !magic.empty() && magic.size() % 2 == 0;
    if (!whole) report.error(magic.data(), "half an octet; write two hex digits for each octet");
    return whole;
}

bool check_offset(std::string_view offset, std::uint64_t mode, SourceReport& report) {
    if ((mode == pattern_mode && offset == "*") || parse_number(offset)) return true;
    if (mode == pattern_mode && offset.starts_with("EOF-")) return true;
    report.error(offset.data(), "no offset; write a number, or * for a pattern");
    return false;
}

// True when the line is right, and for this engine.
bool check_line(std::string_view line, SourceReport& report) {
    const Fields fields = split(line, ':');
    if (fields.count < 6 || fields.count > 8) {
        report.error(nullptr,
                     "file type magic has 6 to 8 fields; write "
                     "Mode:Offset:Magic:Name:RequiredType:Type");
        return false;
    }
    const Level level = level_of(fields, 6, report);
    if (level == Level::other) {
        report.add(Severity::unsupported, fields[6].data(),
                   "the line is for other functionality levels than 213");
    }
    if (level != Level::ours) return false;
    const auto mode = parse_number(fields[0]);
    if (!mode || (*mode != 0 && *mode != pattern_mode && *mode != 4)) {
        report.error(fields[0].data(), "no mode; write 0 (octets), 1 (pattern) or 4 (partition)");
        return false;
    }
    for (const std::size_t i : {std::size_t{4}, std::size_t{5}}) {
        if (content_type_named(fields[i])) continue;
        report.add(Severity::unsupported, fields[i].data(),
                   "no such type is known; write a name such as CL_TYPE_ZIP");
        return false;
    }
    return check_offset(fields[1], *mode, report) && check_magic(fields[2], *mode, report);
}

}  // namespace

void read_ftm(std::string_view text, SourceReport& report) {
    std::size_t lines = 0;
    for_each_line(text, report, [&](std::string_view line) { lines += check_line(line, report); });
    if (lines == 0) return;
    report.leave_out(lines, Severity::unsupported,
                     "file type magic: the engine identifies every content itself");
}

}  // namespace postern::signatures::clamav
