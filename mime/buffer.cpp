// SPDX-License-Identifier: Apache-2.0
#include "mime/buffer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace postern::mime {

namespace {

// Below this much slack, shrink() leaves the buffer alone: realloc would cost more than it gives
// back.
constexpr std::size_t slack_worth_returning = 4096;

// Huge pages, where the kernel has them to give: one fault where there would be 512. Advice alone.
void ask_for_huge_pages(void* data, std::size_t size) {
    constexpr std::uintptr_t huge = 2 << 20;
    if (size < 2 * huge) return;
    const auto begin = (reinterpret_cast<std::uintptr_t>(data) + huge - 1) / huge * huge;
    const auto end = (reinterpret_cast<std::uintptr_t>(data) + size) / huge * huge;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace

void Buffer::reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    void* moved = std::realloc(data_.get(), capacity);
    if (moved == nullptr) throw std::bad_alloc();
    ask_for_huge_pages(moved, capacity);
    static_cast<void>(data_.release());  // realloc took the old block over
    data_.reset(static_cast<std::byte*>(moved));
    capacity_ = capacity;
}

std::byte* Buffer::grow(std::size_t n) {
    if (n > capacity_ - size_) {
        if (n > SIZE_MAX / 2 - size_) throw std::bad_alloc();
        // Doubling keeps appending linear; a first, large request gets exactly what it asked for.
        reserve(std::max(size_ + n, size_ == 0 ? n : capacity_ * 2));
    }
    return data_.get() + size_;
}

void Buffer::append(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
}

void Buffer::shrink() {
    if (capacity_ - size_ < slack_worth_returning) return;
    if (size_ == 0) {
        data_.reset();
        capacity_ = 0;
        return;
    }
    void* moved = std::realloc(data_.get(), size_);
    if (moved == nullptr) return;  // the old block is still whole
    static_cast<void>(data_.release());
    data_.reset(static_cast<std::byte*>(moved));
    capacity_ = size_;
}

}  // namespace postern::mime
