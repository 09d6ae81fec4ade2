// SPDX-License-Identifier: Apache-2.0
// Numbers in octets: what stands beyond the end reads as zero, so that a cut header is data, not a case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace postern::engine {

using Octets = std::span<const std::byte>;

inline std::uint8_t octet_at(Octets bytes, std::size_t at) {
    return at < bytes.size() ? std::to_integer<std::uint8_t>(bytes[at]) : std::uint8_t{0};
}

inline std::uint16_t le16(Octets bytes, std::size_t at) {
    return static_cast<std::uint16_t>(octet_at(bytes, at) | octet_at(bytes, at + 1) << 8);
}

inline std::uint32_t le32(Octets bytes, std::size_t at) {
    return le16(bytes, at) | static_cast<std::uint32_t>(le16(bytes, at + 2)) << 16;
}

inline std::uint64_t le64(Octets bytes, std::size_t at) {
    return le32(bytes, at) | static_cast<std::uint64_t>(le32(bytes, at + 4)) << 32;
}

// The octets as text; what lies beyond the end is cut off.
inline std::string_view text_of(Octets bytes, std::size_t at = 0,
                                std::size_t n = std::string_view::npos) {
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return at < all.size() ? all.substr(at, n) : std::string_view();
}

inline bool has_at(Octets bytes, std::size_t at, std::string_view what) {
    return text_of(bytes, at, what.size()) == what;
}

// [at, at + n) of the octets, cut at their end.
inline Octets cut(Octets bytes, std::uint64_t at, std::uint64_t n) {
    if (at >= bytes.size()) return {};
    const auto left = bytes.size() - static_cast<std::size_t>(at);
    return bytes.subspan(static_cast<std::size_t>(at), n < left ? static_cast<std::size_t>(n) : left);
}

}  // namespace postern::engine
