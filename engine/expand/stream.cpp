// SPDX-License-Identifier: Apache-2.0
// A stream that ends badly still delivers what came out. zstd, lz4 and compress go through libarchive and
// lose what its last block held (up to 128 kB) when they are cut; the others lose nothing.
#include "engine/expand/stream.h"

#include "engine/expand/archive.h"
#include "engine/expand/decoder.h"
#include "engine/expand/one_shot.h"

namespace postern::engine::expand {
namespace {

using namespace std::string_view_literals;

// The name that gzip stored, as RFC 1952 places it.
std::string gzip_name(Octets stream) {
    const std::uint8_t flags = octet_at(stream, 3);
    constexpr std::uint8_t has_extra = 4, has_name = 8;
    if ((flags & has_name) == 0) return {};
    const std::size_t at = (flags & has_extra) != 0 ? 12 + std::size_t{le16(stream, 10)} : 10;
    const std::string_view rest = text_of(stream, at, 1024);
    return std::string(rest.substr(0, rest.find('\0')));
}

std::unique_ptr<Decoder> decoder_for(FileType type, const Limits& limits) {
    if (type == FileType::gzip) return make_inflater(Framing::gzip);
    if (type == FileType::bzip2) return make_bunzip2();
    return make_unlzma(limits);
}

// Tools unpack streams that stand behind each other as one; the older LZMA format has no such thing.
bool begins_another(Octets rest, FileType type) {
    switch (type) {
        case FileType::gzip: return has_at(rest, 0, "\x1f\x8b\x08");
        case FileType::bzip2: return has_at(rest, 0, "BZh");
        case FileType::xz: return has_at(rest, 0, "\xfd" "7zXZ");
        case FileType::lzip: return has_at(rest, 0, "LZIP");
        default: return false;
    }
}

// Zeros to a block's end, and the line end that some mailers add.
bool is_padding(Octets rest) {
    return text_of(rest).find_first_not_of("\0\r\n"sv) == std::string_view::npos;
}

// Stream behind stream, each with a decoder of its own. Empty when all ended well.
std::string unpack(Octets stream, FileType type, Production& out) {
    for (;;) {
        const auto decoder = decoder_for(type, out.limits());
        const Run result = run(*decoder, stream, out);
        if (out.refused()) return {};
        if (result.state == Decoder::State::damaged) return "damaged stream";
        if (result.state == Decoder::State::more) return "the stream is cut short";
        stream = stream.subspan(result.consumed);
        if (type == FileType::xz)  // padding in fours between streams
            while (has_at(stream, 0, "\0\0\0\0"sv)) stream = stream.subspan(4);
        if (stream.empty() || is_padding(stream)) return {};
        if (!begins_another(stream, type)) return "octets behind the end of the stream";
    }
}

// The quick way for an honest gzip file, then by pieces.
std::string produce(Octets stream, FileType type, Production& out) {
    switch (type) {
        case FileType::zstd:
        case FileType::lz4:
        case FileType::compress: return unfilter(stream, out);
        case FileType::gzip:
            if (OneShot().gunzip(stream, out)) return {};
            [[fallthrough]];
        default: return unpack(stream, type, out);
    }
}

}  // namespace

void expand_stream(Octets stream, FileType type, Expansion& expansion) {
    std::string name = type == FileType::gzip ? gzip_name(stream) : std::string();
    if (!expansion.another(name)) return;
    Production out(expansion.budget());
    const std::string error = produce(stream, type, out);
    if (!error.empty()) expansion.damaged(name, error);
    expansion.deliver({std::move(name), {}, error.empty(), {}}, out);
}

}  // namespace postern::engine::expand
