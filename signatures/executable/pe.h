// SPDX-License-Identifier: Apache-2.0
// PE headers (PE32 and PE32+): sections, addresses, data directories.
//
// Numbers are rounded to the alignments that the header states, as ClamAV rounds them: a section's
// digest is that of the rounded range.
//
// Invariants
//  (1) A section with a size lies inside the content.
#pragma once

#include "signatures/executable/view.h"

#include <array>
#include <optional>
#include <vector>

namespace postern::signatures::executable {

struct PeSection {
    std::uint32_t address = 0;  // in memory, relative to the image
    std::uint32_t begin = 0;    // in the file
    std::uint32_t size = 0;     // in the file; 0: nothing of it is there
};

struct PeDirectory {
    std::uint32_t address = 0;
    std::uint32_t size = 0;
};

struct PeHeaders {
    bool wide = false;  // PE32+
    std::uint32_t headers_end = 0;  // below it, addresses are file offsets
    std::uint32_t entry = 0;        // a file offset
    std::vector<PeSection> sections;
    std::size_t directory_count = 0;
    std::array<PeDirectory, 16> directories{};

    // The file offset of an address in memory; nothing: no octet of the file is mapped there.
    std::optional<std::uint32_t> place_of(std::uint32_t address, std::uint64_t file_size) const;
};

inline constexpr std::size_t import_directory = 1;
inline constexpr std::size_t resource_directory = 2;

// Nothing: no PE file, or one that ClamAV takes for broken.
std::optional<PeHeaders> read_pe(const View& view);

// The offsets of the keys of version strings, ascending. Bounded by the size of the resource.
std::vector<std::uint32_t> version_strings(const PeHeaders& pe, const View& view);

}  // namespace postern::signatures::executable
