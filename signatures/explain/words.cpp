// SPDX-License-Identifier: Apache-2.0
#include "signatures/explain/words.h"

#include "signatures/clamav/hex.h"

#include <array>

namespace postern::signatures::explain {

namespace {

constexpr std::array<std::string_view, target_count> target_words{
    "any content", "Windows programs (PE)", "OLE2 documents", "HTML, in its normal forms",
    "mail, as it travelled", "pictures", "ELF programs", "text, in its normal form", "nothing",
    "Mach-O programs", "PDF documents", "Flash films", "Java classes", "internal contents", "other contents"};

constexpr std::size_t octets_in_a_row = 16;
constexpr unsigned char either_case = 0xdf;

bool is_letter(unsigned char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

char shown(unsigned char c) { return c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '.'; }

std::string hex_of(unsigned char octet) {
    const char c = static_cast<char>(octet);
    return clamav::to_hex({&c, 1});
}

// "3 octets behind the entry point", or the place itself.
std::string beside(std::string_view place, std::int64_t base) {
    if (base == 0) return "at " + std::string(place);
    const bool before = base < 0;
    return counted(static_cast<std::uint64_t>(before ? -base : base), "octet") +
           (before ? " before " : " behind ") + std::string(place);
}

std::string place_words(const Offset& offset) {
    const std::string section = std::to_string(offset.section);
    switch (offset.place) {
        case Place::anywhere: return "anywhere";
        case Place::from_start:
            return offset.base == 0 ? "at the beginning" : "at octet " + std::to_string(offset.base) + " (counted from 0)";
        case Place::from_end: return beside("the end", -offset.base);
        case Place::program_end: return beside("the end of a program whose headers are sound", -offset.base);
        case Place::entry_point: return beside("the entry point of the program", offset.base);
        case Place::section: return beside("the start of section " + section, offset.base);
        case Place::last_section: return beside("the start of the last section", offset.base);
        case Place::in_section: return "anywhere inside section " + section + ", its end included";
        case Place::version_info: break;
    }
    return "at a key of the program's version information";
}

}  // namespace

void append(Lines& lines, const Lines& more, std::size_t indent) {
    for (const std::string& line : more) lines.push_back(std::string(indent, ' ') + line);
}

std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line;
        while (text.ends_with(' ')) text.pop_back();
        text += '\n';
    }
    return text;
}

std::string counted(std::uint64_t count, std::string_view one) {
    return std::to_string(count) + ' ' + std::string(one) + (count == 1 ? "" : "s");
}

std::string words_for(const NumberRange& range) {
    const std::string low = std::to_string(range.low);
    const std::string high = std::to_string(range.high);
    if (range.low == range.high) return "exactly " + low;
    if (range.high == NumberRange::no_end) return low + " at least";
    return range.low == 0 ? high + " at most" : "from " + low + " to " + high;
}

std::string words_for(Target target) {
    return std::string(target_words[static_cast<std::size_t>(target)]) + " (target " +
           std::to_string(static_cast<int>(target)) + ")";
}

std::string words_for(const Offset& offset) {
    std::string words = place_words(offset);
    if (offset.shift != 0 && offset.place != Place::version_info) {
        words += ", or up to " + counted(offset.shift, "octet") + " later";
    }
    return words;
}

std::string words_for(ContentType type) {
    return type == ContentType::any ? "anything" : "CL_TYPE_" + std::string(name_of(type));
}

OctetText octets_as_text(std::string_view octets, std::string_view mask) {
    OctetText out;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto octet = static_cast<unsigned char>(octets[i]);
        const auto bits = mask.empty() ? 0xff : static_cast<unsigned char>(mask[i]);
        std::string hex = hex_of(octet);
        char text = shown(octet);
        if (bits == either_case && is_letter(octet)) {
            hex = hex_of(octet) + '/' + hex_of(octet | 0x20);
            text = static_cast<char>(octet | 0x20);
        } else if (bits != 0xff) {
            if ((bits & 0xf0) == 0) hex[0] = '?';
            if ((bits & 0x0f) == 0) hex[1] = '?';
            text = '?';
        }
        out.hex += (i == 0 ? "" : " ") + hex;
        out.text += text;
    }
    return out;
}

Lines octet_lines(std::string_view octets, std::string_view mask) {
    Lines lines;
    const bool several = octets.size() > octets_in_a_row;
    if (several) lines.push_back("the " + counted(octets.size(), "octet"));
    for (std::size_t at = 0; at < octets.size(); at += octets_in_a_row) {
        const OctetText row = octets_as_text(octets.substr(at, octets_in_a_row),
                                             mask.empty() ? mask : mask.substr(at, octets_in_a_row));
        const std::string begin = several ? "    " : octets.size() == 1 ? "the octet " : "the octets ";
        lines.push_back(begin + row.hex + "  \"" + row.text + '"');
    }
    return lines;
}

}  // namespace postern::signatures::explain
