// SPDX-License-Identifier: Apache-2.0
// A half-open range of octets in a larger run of octets: [begin, end).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace postern::mime {

struct ByteRange {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t size() const { return end > begin ? end - begin : 0; }
    bool empty() const { return size() == 0; }
    bool operator==(const ByteRange&) const = default;
};

// The octets of `range` in `whole`; what reaches beyond the end is cut off.
inline std::span<const std::byte> slice(std::span<const std::byte> whole, ByteRange range) {
    const std::size_t begin = std::min(range.begin, whole.size());
    return whole.subspan(begin, std::min(range.size(), whole.size() - begin));
}

}  // namespace postern::mime
