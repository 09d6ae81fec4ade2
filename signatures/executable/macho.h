// SPDX-License-Identifier: Apache-2.0
// Mach-O files of 32 and 64 bits, of both octet orders. The parts of a fat file are files of their
// own, and are no matter of this room.
#pragma once

#include "signatures/executable.h"

namespace postern::signatures::executable {

bool is_macho(std::span<const std::byte> content);

// Nothing: the headers are broken, as ClamAV judges it.
std::optional<ExecutableLayout> read_macho(std::span<const std::byte> content);

}  // namespace postern::signatures::executable
