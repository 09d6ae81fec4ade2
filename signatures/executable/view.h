// SPDX-License-Identifier: Apache-2.0
// View: numbers at offsets of a content that nobody trusts.
//
// Outside the content there are only zeros, so that a header that lies leads to a place that is not
// there, never to a crash. Where a missing header matters, has() is asked first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace postern::signatures::executable {

enum class Order { little, big };

class View {
public:
    // REQUIRES: the octets outlive the view.
    View(std::span<const std::byte> octets, Order order) : octets_(octets), order_(order) {}

    bool has(std::uint64_t at, std::uint64_t size) const {
        return at <= octets_.size() && size <= octets_.size() - at;
    }
    // Half a number is none: zero.
    std::uint64_t number(std::uint64_t at, std::size_t size) const {
        if (!has(at, size)) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t place = order_ == Order::big ? i : size - 1 - i;
            value = value << 8 | static_cast<std::uint64_t>(octets_[at + place]);
        }
        return value;
    }
    std::uint32_t half(std::uint64_t at) const {
        return static_cast<std::uint32_t>(number(at, 2));
    }
    std::uint32_t word(std::uint64_t at) const {
        return static_cast<std::uint32_t>(number(at, 4));
    }
    std::uint64_t wide(std::uint64_t at) const { return number(at, 8); }
    // Up to `most` octets from here, fewer at the end of the content.
    std::string_view text(std::uint64_t at, std::size_t most) const {
        if (at >= octets_.size()) return {};
        const auto rest = octets_.subspan(static_cast<std::size_t>(at));
        return std::string_view(reinterpret_cast<const char*>(rest.data()), rest.size())
            .substr(0, most);
    }
    std::uint64_t size() const { return octets_.size(); }
    std::span<const std::byte> octets() const { return octets_; }

private:
    std::span<const std::byte> octets_;
    Order order_;
};

}  // namespace postern::signatures::executable
