// SPDX-License-Identifier: Apache-2.0
// Names are compared exactly, as the sources write them.
#include "signatures/clamav/ignore.h"

#include "signatures/clamav/hex.h"
#include "signatures/clamav/lines.h"

#include <algorithm>

namespace postern::signatures::clamav {

namespace {

bool is_md5(std::string_view text) {
    return text.size() == 32 &&
           std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

std::string lower_case(std::string_view hex) {
    std::string lower(hex);
    for (char& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

}  // namespace

std::size_t read_ign2(std::string_view text, SourceReport& report, IgnoredNames& out) {
    std::size_t taken = 0;
    for_each_line(text, report, [&](std::string_view line) {
        const Fields fields = split(line, ':');
        if (fields.count > 2) return report.error(nullptr, "too many fields; write Name[:MD5]");
        if (!is_name(fields[0], report)) return;
        if (fields.count == 2 && !is_md5(fields[1])) {
            return report.error(fields[1].data(), "no MD5 of a line; write 32 hex digits");
        }
        out[std::string(fields[0])].insert(fields.count == 2 ? lower_case(fields[1]) : "");
        ++taken;
    });
    return taken;
}

std::size_t read_ign(std::string_view text, SourceReport& report, IgnoredNames& out) {
    std::size_t taken = 0;
    for_each_line(text, report, [&](std::string_view line) {
        const Fields fields = split(line, ':');
        if (fields.count != 3)
            return report.error(nullptr, "no three fields; write File:Line:Name");
        if (!is_name(fields[2], report)) return;
        out[std::string(fields[2])].insert("");
        ++taken;
    });
    return taken;
}

}  // namespace postern::signatures::clamav
