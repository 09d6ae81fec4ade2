// SPDX-License-Identifier: Apache-2.0
// The layout of a program as far as signatures ask for it: entry point and sections, as file
// offsets.
//
// Reads PE and ELF headers, bounded and without trust: what does not fit into the content, or is
// not there, is simply not in the layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace postern::signatures {

inline constexpr std::size_t most_sections = 1024;

struct SectionRange {
    std::int64_t begin = 0;
    std::uint32_t size = 0;
};

struct ExecutableLayout {
    std::optional<std::int64_t> entry_point;  // a file offset
    std::vector<SectionRange> sections;       // of an ELF file, the first is the null section
};

ExecutableLayout read_layout(std::span<const std::byte> content);

}  // namespace postern::signatures
