// SPDX-License-Identifier: Apache-2.0
// Array: rows of a table, gathered in memory or standing in a mapped file; read alike.
//
// A set is built into vectors once and mapped from its file ever after. Whoever reads it must not
// know which: there is one code for both, and mapping rebuilds nothing.
//
// Invariants
//  (1) Once an array views a file it is never changed.
//
// Reading is thread-safe while nobody changes it.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace postern::signatures {

template <typename T>
class Array {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>,
                  "rows are written and mapped as they lie in memory, so they have no padding");

public:
    Array() = default;
    Array(std::vector<T> rows) : own_(std::move(rows)) {}  // NOLINT: a vector is what it is made of

    const T* data() const { return viewed_ ? viewed_ : own_.data(); }
    std::size_t size() const { return viewed_ ? count_ : own_.size(); }
    bool empty() const { return size() == 0; }
    const T& operator[](std::size_t i) const { return data()[i]; }
    const T& back() const { return data()[size() - 1]; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + size(); }
    std::span<const T> subspan(std::size_t first, std::size_t count) const {
        return {data() + first, count};
    }

    // To build it. REQUIRES: it views nothing.
    void push_back(const T& row) { own_.push_back(row); }
    std::vector<T>& rows() { return own_; }

    // `rows` stay where they are as long as the array is used.
    void view(std::span<const T> rows) {
        own_ = {};
        viewed_ = rows.data();
        count_ = rows.size();
    }

private:
    std::vector<T> own_;
    const T* viewed_ = nullptr;
    std::size_t count_ = 0;
};

}  // namespace postern::signatures
