// SPDX-License-Identifier: Apache-2.0
// Buffer: decoded octets, owned, contiguous, growable, and never zero-filled first.
//
// std::vector writes every octet it gains before the decoder writes it again; on a 75 MB attachment
// that is a second pass through memory. A Buffer grows by realloc (which moves pages, not octets,
// when large).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace postern::mime {

class Buffer {
public:
    Buffer() = default;
    explicit Buffer(std::size_t capacity) { reserve(capacity); }
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }

    std::byte* data() { return data_.get(); }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    std::span<const std::byte> bytes() const { return {data_.get(), size_}; }
    operator std::span<const std::byte>() const { return bytes(); }

    // Throws std::bad_alloc when the system has no more memory.
    void reserve(std::size_t capacity);
    // Room for `n` more octets behind the present ones; write there, then commit what was written.
    std::byte* grow(std::size_t n);
    // REQUIRES: n octets behind size() were written.
    void commit(std::size_t n) { size_ += n; }
    void append(std::span<const std::byte> bytes);
    void clear() { size_ = 0; }
    // Gives back what lies behind size(), when that is much.
    void shrink();

private:
    struct Free {
        void operator()(std::byte* p) const { std::free(p); }
    };
    void swap(Buffer& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    std::unique_ptr<std::byte, Free> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace postern::mime
