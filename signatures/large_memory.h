// SPDX-License-Identifier: Apache-2.0
// LargeMemory: room for a table that is looked at all over for every octet of mail.
//
// In pages of 2 MiB where the kernel has them to give: sixteen megabytes of a literal matcher are then eight
// entries of the processor's page cache instead of four thousand, and eight page faults.
//
// One owner; freed with it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace postern::signatures {

struct FreeMemory {
    void operator()(void* memory) const { std::free(memory); }
};
using LargeMemory = std::unique_ptr<void, FreeMemory>;

// Not zeroed. Throws std::bad_alloc.
LargeMemory allocate_large(std::size_t octets);

}  // namespace postern::signatures
