// SPDX-License-Identifier: Apache-2.0
// Lines and fields of a signature source, without a copy.
//
// Lines end with LF or CR LF, the last one may end with neither. A line that begins with # is a
// comment. Everything returned borrows from the text.
#pragma once

#include "signatures/source_report.h"

#include <array>
#include <string_view>

namespace postern::signatures::clamav {

inline constexpr std::size_t max_line = 256 * 1024;

// The next line of `text`, which is cut off from it.
std::string_view take_line(std::string_view& text);

// True when the line holds something to read. Says what is wrong with an empty, an oversized and a
// binary line. REQUIRES: `report` stands at this line.
bool is_readable(std::string_view line, SourceReport& report);

// The name of a signature: not empty, printable, UTF-8. Says so otherwise.
bool is_name(std::string_view name, SourceReport& report);

// Up to `most` fields, divided by colons; `count` is how many there are, also when more than
// `most`.
struct Fields {
    static constexpr std::size_t most = 12;
    std::array<std::string_view, most> field;
    std::size_t count = 0;
    std::string_view operator[](std::size_t i) const { return field[i]; }
};
Fields split(std::string_view line, char separator);

// Fields min and max from `first` on: the functionality levels that the line is for. True when ours
// is among them. Says what is wrong with a number that is none.
enum class Level { ours, other, wrong };
Level level_of(const Fields& fields, std::size_t first, SourceReport& report);

// What this engine does, in the numbers by which ClamAV counts its own abilities.
inline constexpr std::uint64_t our_level = 213;

// Calls visit(line) for every readable line, the report standing at it.
template <typename Visit>
void for_each_line(std::string_view text, SourceReport& report, Visit visit) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = take_line(text);
        if (!line.empty() && line[0] == '#') continue;
        report.begin_line(line, number);
        if (is_readable(line, report)) visit(line);
    }
    report.finish();
}

}  // namespace postern::signatures::clamav
