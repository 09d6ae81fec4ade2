// SPDX-License-Identifier: Apache-2.0
// Offset: where in a content a body signature may begin.
//
// A value only. Turning it into octet positions needs the content, and for most kinds the layout of
// an executable: see start_range.h.
#pragma once

#include <cstdint>

namespace postern::signatures {

enum class Place : std::uint32_t {
    anywhere,
    from_start,    // base
    from_end,      // size - base
    entry_point,   // entry point + base
    section,       // start of the section + base
    last_section,  // start of the last section + base
    in_section,    // anywhere inside the section
    version_info,  // at the key of a version string
    program_end,   // size - base, of a program whose headers are sound
};

struct Offset {
    Place place = Place::anywhere;
    std::uint32_t section = 0;
    std::int64_t base = 0;    // negative for entry_point alone
    std::uint64_t shift = 0;  // the match may begin this many octets later
    bool operator==(const Offset&) const = default;
};

// True where only the headers of a program say what octet is meant.
inline bool needs_executable(const Offset& offset) {
    return offset.place >= Place::entry_point;
}

}  // namespace postern::signatures
