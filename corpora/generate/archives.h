// SPDX-License-Identifier: Apache-2.0
// Archives: zip, tar and gzip as everyday programs write them, with one fixed date.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postern::corpora {

// With zlib's header, as in PDF and PNG.
std::string zlib_compressed(std::string_view octets);
std::string gzip_compressed(std::string_view octets);

// Deflate alone (RFC 1951), as zip holds it. `level` is zlib's: what a corpus needs is the shape of compressed
// data, not the last percent.
std::string raw_deflated(std::string_view octets, int level = 1);

// As zip and gzip have it.
std::uint32_t crc_of(std::string_view octets);

enum class Method : std::uint8_t { stored, deflated };

class ZipWriter {
public:
    void add(std::string_view name, std::string_view octets, Method method = Method::deflated);
    // Octets that finish() would give.
    std::size_t size() const { return members_.size() + directory_.size() + 22; }
    std::string finish();

private:
    std::string members_;
    std::string directory_;
    std::uint16_t count_ = 0;
};

class TarWriter {
public:
    // REQUIRES: name has less than 100 octets (ustar).
    void add(std::string_view name, std::string_view octets);
    std::string finish();

private:
    std::string bytes_;
};

void append_le(std::string& out, std::uint64_t value, int octets);

}  // namespace postern::corpora
