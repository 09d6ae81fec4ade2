// SPDX-License-Identifier: Apache-2.0
// A version resource for the PE files of the tests.
#pragma once

#include "program_builder.h"

namespace postern::signatures::tests {

inline std::string utf16(std::string_view text) {
    std::string wide;
    for (const char c : text) (wide += c) += '\0';
    return wide;
}

inline std::string half(std::size_t value) {
    return {static_cast<char>(value), static_cast<char>(value >> 8)};
}

// Length, length of the value, type; then the key, which ends in NUL, filled up to four octets.
inline std::string version_block(std::string_view key, std::string rest, std::size_t value) {
    std::string block = half(0) + half(value) + half(1) + utf16(key) + half(0);
    while (block.size() % 4 != 0) block += '\0';
    block += rest;
    block.replace(0, 2, half(block.size()));
    return block;
}

inline std::string version_string(std::string_view key, std::string_view value) {
    std::string block = version_block(key, value.empty() ? "" : utf16(value) + half(0),
                                      value.empty() ? 0 : value.size() + 1);
    while (block.size() % 4 != 0) block += '\0';
    return block;
}

// Type, name, language, leaf and information one behind the other, at `place` in the file and
// `address` in memory.
inline void put_version_resource(Image& image, std::size_t place, std::uint32_t address) {
    const auto directory = [&](std::size_t at, std::uint32_t id, std::uint32_t next) {
        image.clear(at, 24);
        image.put(at + 14, 1, 2);
        image.put(at + 16, id, 4);
        image.put(at + 20, next, 4);
    };
    directory(place, 16, 0x80000018);
    directory(place + 24, 1, 0x80000030);
    directory(place + 48, 0x409, 72);
    std::string fixed(0x34, '\0');
    fixed.replace(0, 4, "\xbd\x04\xef\xfe", 4);
    const std::string strings = version_string("CompanyName", "Acme Inc") +
                                version_string("FileDescription", "Not it") +
                                version_string("Empty", "") + version_string("Last", "x Acme");
    const std::string table = version_block("040904b0", strings, 0);
    const std::string info =
        version_block("VS_VERSION_INFO", fixed + version_block("StringFileInfo", table, 0), 0x34);
    image.clear(place + 72, 16);
    image.put(place + 72, address + 88, 4);
    image.put(place + 76, info.size(), 4);
    image.put(place + 88, info);
}

}  // namespace postern::signatures::tests
