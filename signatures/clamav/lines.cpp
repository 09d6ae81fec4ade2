// SPDX-License-Identifier: Apache-2.0
// The per-line work of a file of ten million hashes happens here: one memchr a line and one a
// field.
#include "signatures/clamav/lines.h"

#include "signatures/clamav/hex.h"

#include <algorithm>
#include <cstring>

namespace postern::signatures::clamav {

namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// How many octets the UTF-8 sequence at `at` has; 0: none stands there. Overlong forms and
// surrogates are let through: the name is only compared and shown.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const unsigned char lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xc2 ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[at + i])) return 0;
    }
    return length;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string_view take_line(std::string_view& text) {
    const void* lf = std::memchr(text.data(), '\n', text.size());
    const std::size_t length =
        lf ? static_cast<std::size_t>(static_cast<const char*>(lf) - text.data()) : text.size();
    std::string_view line = text.substr(0, length);
    text.remove_prefix(lf ? length + 1 : length);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

bool is_readable(std::string_view line, SourceReport& report) {
    if (line.empty()) {
        report.add(Severity::warning, nullptr,
                   "an empty line; ClamAV refuses a file with one, "
                   "remove it");
        return false;
    }
    if (line.size() > max_line) {
        report.error(nullptr, "the line is longer than 256 KiB; divide the signature");
        return false;
    }
    if (const void* nul = std::memchr(line.data(), '\0', line.size())) {
        report.error(static_cast<const char*>(nul), "a NUL octet; signature sources are text");
        return false;
    }
    return true;
}

bool is_name(std::string_view name, SourceReport& report) {
    if (name.empty()) {
        report.error(nullptr, "the name is empty; write one, of letters, digits and . _ -");
        return false;
    }
    for (std::size_t i = 0; i < name.size();) {
        const std::size_t length = utf8_length(name, i);
        if (length == 0 || is_control(name[i])) {
            report.error(name.data() + i,
                         "the name holds an octet that cannot be printed; write "
                         "it with letters, digits and . _ -");
            return false;
        }
        i += length;
    }
    return true;
}

Fields split(std::string_view line, char separator) {
    Fields fields;
    for (;;) {
        const std::size_t end = line.find(separator);
        if (fields.count < Fields::most) fields.field[fields.count] = line.substr(0, end);
        ++fields.count;
        if (end == line.npos) return fields;
        line.remove_prefix(end + 1);
    }
}

Level level_of(const Fields& fields, std::size_t first, SourceReport& report) {
    std::array<std::uint64_t, 2> range{0, ~std::uint64_t{0}};
    for (std::size_t i = 0; i < 2 && first + i < fields.count; ++i) {
        const auto level = parse_number(fields[first + i]);
        if (!level) {
            report.error(fields[first + i].data(), "no functionality level; write a number");
            return Level::wrong;
        }
        range[i] = *level;
    }
    return range[0] <= our_level && our_level <= range[1] ? Level::ours : Level::other;
}

}  // namespace postern::signatures::clamav
