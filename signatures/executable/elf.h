// SPDX-License-Identifier: Apache-2.0
// ELF files of 32 and 64 bits, of both octet orders.
#pragma once

#include "signatures/executable.h"

namespace postern::signatures::executable {

// Nothing: the headers are broken, as ClamAV judges it. Then no place of the file is known.
std::optional<ExecutableLayout> read_elf(std::span<const std::byte> content);

}  // namespace postern::signatures::executable
