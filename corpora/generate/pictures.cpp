// SPDX-License-Identifier: Apache-2.0
// Pictures: true headers around random octets, since compressed pixels cannot be told from those.
#include "corpora/generate/documents.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace postern::corpora {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

void append_be(std::string& out, std::uint64_t value, int octets) {
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
}

void append_png_chunk(std::string& out, std::string_view type, std::string_view data) {
    append_be(out, data.size(), 4);
    const std::size_t begin = out.size();
    out += type;
    out += data;
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(out.data() + begin),
                           static_cast<uInt>(out.size() - begin));
    append_be(out, crc, 4);
}

std::size_t rest(std::size_t size, std::size_t used) {
    return size > used + 16 ? size - used : 16;
}

}  // namespace

std::string jpeg_picture(Random& random, std::size_t size) {
    std::string out;
    out.reserve(size + 64);
    out += "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\x48\0\x48\0\0"s;
    out += "\xff\xdb\0\x43\0"sv;
    for (int i = 0; i < 64; ++i) out += static_cast<char>(8 + i);  // a quantisation table
    out += "\xff\xc0\0\x11\x08"sv;
    append_be(out, random.between(300, 3000), 2);
    append_be(out, random.between(400, 4000), 2);
    out += "\3\1\x22\0\2\x11\0\3\x11\0\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0"sv;
    const std::size_t begin = out.size();
    random.append(out, rest(size, begin + 2));
    // In entropy-coded data 0xff would begin a marker.
    std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '\xff', '\x7e');
    return out += "\xff\xd9";
}

std::string png_picture(Random& random, std::size_t size) {
    std::string out;
    out.reserve(size + 128);
    out += "\x89PNG\r\n\x1a\n";
    std::string header;
    append_be(header, random.between(16, 2000), 4);
    append_be(header, random.between(16, 2000), 4);
    header += "\x08\x02\0\0\0"sv;
    append_png_chunk(out, "IHDR", header);
    std::string pixels = "\x78\x9c";
    random.append(pixels, rest(size, out.size() + 26));
    append_png_chunk(out, "IDAT", pixels);
    append_png_chunk(out, "IEND", {});
    return out;
}

std::string gif_picture(Random& random, std::size_t size) {
    std::string out;
    out.reserve(size + 512);
    out += "GIF89a";
    append_be(out, random.next() & 0xff01ff01, 4);
    out += "\x80\0\0\xff\xff\xff\0\0\0\x2c\0\0\0\0\x40\0\x40\0\0\x08"sv;
    for (std::size_t left = rest(size, out.size() + 2); left > 0;) {
        const std::size_t n = std::min<std::size_t>(left, 255);
        append_be(out, n, 1);
        random.append(out, n);
        left -= n;
    }
    return out += "\0;"s;
}

}  // namespace postern::corpora
