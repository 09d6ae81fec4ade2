// SPDX-License-Identifier: Apache-2.0
// The layout of a program as far as signatures ask for it: entry point, sections and version
// strings, as file offsets.
//
// Reads PE, ELF and Mach-O headers, bounded and without trust. Signatures are written with ClamAV
// at hand, so a layout is what ClamAV makes of a file, its roundings and refusals included: where
// ClamAV takes the headers for broken, nothing is in the layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace postern::signatures {

// A file that claims more sections has none here. All of them fit into PE's 16 bits.
inline constexpr std::size_t most_sections = 65535;

struct SectionRange {
    std::int64_t begin = 0;
    std::uint32_t size = 0;
};

struct ExecutableLayout {
    std::optional<std::int64_t> entry_point;  // a file offset
    std::vector<SectionRange> sections;       // of an ELF file, the first is the null section
    std::vector<std::uint32_t> version_strings;  // keys in a PE's version information, ascending
};

ExecutableLayout read_layout(std::span<const std::byte> content);

}  // namespace postern::signatures
