// SPDX-License-Identifier: Apache-2.0
// Prefixes decide the kind; what follows is one number.
#include "signatures/clamav/offset_field.h"

#include "signatures/clamav/hex.h"

namespace postern::signatures::clamav {

namespace {

constexpr std::uint64_t largest = 0xffffffffu;

// No content has 4 GiB: larger numbers are mistakes, and sums of these fit into 64 bits.
bool read_bounded(std::string_view text, std::uint64_t& value) {
    const auto number = parse_number(text);
    if (!number || *number > largest) return false;
    value = *number;
    return true;
}

// "+n" or "-n" (the latter only for the entry point).
bool read_base(std::string_view text, Offset& offset) {
    std::uint64_t n = 0;
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
    if (!read_bounded(text.substr(1), n)) return false;
    const bool negative = text[0] == '-';
    offset.base = negative ? -static_cast<std::int64_t>(n) : static_cast<std::int64_t>(n);
    return !negative || offset.place == Place::entry_point;
}

// "Sx+n" and "SEx": a number first, then the rest.
bool read_section(std::string_view text, Offset& offset) {
    std::uint64_t section = 0;
    if (text.starts_with("SE")) {
        offset.place = Place::in_section;
        if (!read_bounded(text.substr(2), section)) return false;
        offset.section = static_cast<std::uint32_t>(section);
        return true;
    }
    offset.place = Place::section;
    const std::size_t sign = text.find('+');
    if (sign == text.npos || !read_bounded(text.substr(1, sign - 1), section)) return false;
    offset.section = static_cast<std::uint32_t>(section);
    return read_base(text.substr(sign), offset);
}

bool read_place(std::string_view text, Offset& offset) {
    std::uint64_t n = 0;
    if (text == "VI") {
        offset.place = Place::version_info;
        return true;
    }
    if (text.starts_with("EOF-")) {
        offset.place = Place::from_end;
        if (!read_bounded(text.substr(4), n)) return false;
        offset.base = static_cast<std::int64_t>(n);
        return true;
    }
    if (text.starts_with("EP")) {
        offset.place = Place::entry_point;
        return read_base(text.substr(2), offset);
    }
    if (text.starts_with("SL")) {
        offset.place = Place::last_section;
        return read_base(text.substr(2), offset);
    }
    if (text.starts_with("S")) return read_section(text, offset);
    offset.place = Place::from_start;
    if (!read_bounded(text, n)) return false;
    offset.base = static_cast<std::int64_t>(n);
    return true;
}

// The targets that have entry points and sections.
bool is_program(Target target) {
    return target == Target::pe || target == Target::elf || target == Target::macho;
}

}  // namespace

ParsedOffset parse_offset(std::string_view text, Target target) {
    ParsedOffset result;
    if (text == "*") return result;
    if (text.starts_with("$")) {
        result.unsupported = "macro groups ($n$) are not supported";
        return result;
    }
    const std::size_t comma = text.find(',');
    Offset& offset = result.offset;
    if (!read_place(text.substr(0, comma), offset)) {
        result.error = "no offset; write *, n, EOF-n, EP+n, EP-n, Sx+n, SL+n, SEx or VI";
    } else if (comma != text.npos && !read_bounded(text.substr(comma + 1), offset.shift)) {
        result.error = "no shift; write a number behind the comma";
    } else if (needs_executable(offset) && !is_program(target)) {
        result.error = "entry points and sections exist only in programs; write target 1, 6 or 9";
    }
    // ClamAV asks a program's headers even for its end.
    if (offset.place == Place::from_end && is_program(target)) offset.place = Place::program_end;
    return result;
}

}  // namespace postern::signatures::clamav
