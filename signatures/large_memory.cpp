// SPDX-License-Identifier: Apache-2.0
// What is smaller than a few large pages is ordinary memory: rounding it up would take more than it gives.
#include "signatures/large_memory.h"

#include <new>

#include <sys/mman.h>

namespace postern::signatures {

namespace {

constexpr std::size_t page = std::size_t{2} << 20;
constexpr std::size_t line = 64;

}  // namespace

LargeMemory allocate_large(std::size_t octets) {
    const std::size_t unit = octets >= page ? page : line;
    const std::size_t whole = (octets + unit - 1) / unit * unit;
    LargeMemory memory(std::aligned_alloc(unit, whole));
    if (!memory) throw std::bad_alloc();
    // A kernel without large pages refuses, and the memory is as good as any.
    if (unit == page) static_cast<void>(madvise(memory.get(), whole, MADV_HUGEPAGE));
    return memory;
}

}  // namespace postern::signatures
