// SPDX-License-Identifier: Apache-2.0
// Targets: which kind of content a signature is for, numbered as ClamAV numbers them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace postern::signatures {

enum class Target : std::uint8_t {
    any = 0,
    pe = 1,
    ole2 = 2,
    html = 3,
    mail = 4,
    graphics = 5,
    elf = 6,
    text = 7,
    macho = 9,
    pdf = 10,
    flash = 11,
    java = 12,
    internal = 13,
    other = 14,
};

inline constexpr std::size_t target_count = 15;

}  // namespace postern::signatures
