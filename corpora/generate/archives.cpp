// SPDX-License-Identifier: Apache-2.0
// One way through zlib for every framing, at its fastest level unless told otherwise.
#include "corpora/generate/archives.h"

#include <zlib.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace postern::corpora {
namespace {

constexpr int raw_deflate = -15;
constexpr int with_zlib_header = 15;
constexpr int with_gzip_header = 15 + 16;
constexpr std::uint16_t zip_date =
    (2026 - 1980) << 9 | 1 << 5 | 5;   // 2026-01-05, the time is midnight
constexpr int unix_date = 1767571200;  // the same
constexpr std::size_t tar_block = 512;

std::string deflated(std::string_view octets, int window, int level = 1) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib cannot start");
    }
    std::string out(deflateBound(&stream, octets.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
    stream.avail_in = static_cast<uInt>(octets.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

}  // namespace

std::uint32_t crc_of(std::string_view octets) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(octets.data()), static_cast<uInt>(octets.size())));
}

std::string raw_deflated(std::string_view octets, int level) {
    return deflated(octets, raw_deflate, level);
}

void append_le(std::string& out, std::uint64_t value, int octets) {
    for (; octets > 0; --octets, value >>= 8) out += static_cast<char>(value & 0xff);
}

std::string zlib_compressed(std::string_view octets) {
    return deflated(octets, with_zlib_header);
}
std::string gzip_compressed(std::string_view octets) {
    return deflated(octets, with_gzip_header);
}

void ZipWriter::add(std::string_view name, std::string_view octets, Method method) {
    std::string packed;
    if (method == Method::deflated) packed = raw_deflated(octets);
    const std::string_view data = method == Method::deflated ? packed : octets;
    std::string common;  // what the local header and the directory share
    append_le(common, 20, 2);
    append_le(common, 0x800, 2);  // names are UTF-8
    append_le(common, method == Method::deflated ? 8 : 0, 2);
    append_le(common, 0, 2);
    append_le(common, zip_date, 2);
    append_le(common, crc_of(octets), 4);
    append_le(common, data.size(), 4);
    append_le(common, octets.size(), 4);
    append_le(common, name.size(), 2);
    append_le(common, 0, 2);
    directory_ += "PK\1\2";
    append_le(directory_, 20, 2);
    directory_ += common;
    append_le(directory_, 0, 2 + 2 + 2 + 4);  // comment, disk, attributes
    append_le(directory_, members_.size(), 4);
    directory_ += name;
    members_.reserve(members_.size() + data.size() + 2 * directory_.size() + 512);
    members_ += "PK\3\4";
    members_ += common;
    members_ += name;
    members_ += data;
    ++count_;
}

std::string ZipWriter::finish() {
    std::string end = "PK\5\6";
    append_le(end, 0, 4);
    append_le(end, count_, 2);
    append_le(end, count_, 2);
    append_le(end, directory_.size(), 4);
    append_le(end, members_.size(), 4);
    append_le(end, 0, 2);
    members_ += directory_ + end;
    return std::move(members_);
}

void TarWriter::add(std::string_view name, std::string_view octets) {
    std::string header(name);
    header.resize(100);
    std::array<char, 64> numbers{};
    std::snprintf(numbers.data(), numbers.size(), "%07o%c%07o%c%07o%c%011zo%c%011o%c", 0644, 0,
                  1000, 0, 1000, 0, octets.size(), 0, unix_date, 0);
    header.append(numbers.data(), 48);
    header += "        0";  // the checksum, blank while it is taken, and the type: a regular file
    header.resize(257);
    header += std::string_view("ustar\00000", 8);
    header.resize(tar_block);
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    std::array<char, 16> checksum{};
    std::snprintf(checksum.data(), checksum.size(), "%06o%c ", sum, 0);
    header.replace(148, 8, checksum.data(), 8);
    bytes_ += header;
    bytes_ += octets;
    bytes_.resize((bytes_.size() + tar_block - 1) / tar_block * tar_block);
}

std::string TarWriter::finish() {
    bytes_.resize(bytes_.size() + 2 * tar_block);
    return std::move(bytes_);
}

}  // namespace postern::corpora
