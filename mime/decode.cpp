// SPDX-License-Identifier: Apache-2.0
// Decoding a reading: the decoder of its encoding over its range.
#include "mime/base64.h"
#include "mime/binhex.h"
#include "mime/quoted_printable.h"
#include "mime/reading.h"
#include "mime/uuencode.h"
#include "mime/yenc.h"

#include <array>

namespace postern::mime {

namespace {

constexpr std::size_t search_chunk = 4096;

class IdentityDecoder {
public:
    void decode(std::span<const std::byte> chunk, Buffer& out) { out.append(chunk); }
    DecodeResult finish(Buffer&) { return {}; }
    static std::size_t bound(std::size_t n) { return n; }
};

// Calls `use` with a fresh decoder for the reading.
template <class Use>
auto with_decoder(const Reading& reading, Use use) {
    switch (reading.encoding) {
        case TransferEncoding::base64:
            return use(Base64Decoder(reading.padding));
        case TransferEncoding::quoted_printable:
            return use(QuotedPrintableDecoder());
        case TransferEncoding::uuencode:
            return use(UuencodeDecoder());
        case TransferEncoding::yenc:
            return use(YencDecoder());
        case TransferEncoding::binhex:
            return use(BinhexDecoder());
        case TransferEncoding::identity:
        case TransferEncoding::unknown:
            break;
    }
    return use(IdentityDecoder());
}

// Where in `encoded` the decoder stood when it put out the octet at `decoded_offset`, and which
// octet of that step it was.
struct Step {
    std::size_t at;
    std::size_t index;
};

template <class Decoder>
Step find_step(Decoder decoder, std::span<const std::byte> encoded, std::size_t decoded_offset) {
    Buffer out;
    std::size_t at = 0;
    std::size_t before = 0;
    while (at < encoded.size()) {
        const std::size_t size = std::min(search_chunk, encoded.size() - at);
        Decoder ahead = decoder;
        out.clear();
        ahead.decode(encoded.subspan(at, size), out);
        if (before + out.size() > decoded_offset) break;
        before += out.size();
        decoder = ahead;
        at += size;
    }
    for (; at < encoded.size(); ++at) {
        out.clear();
        decoder.decode(encoded.subspan(at, 1), out);
        if (before + out.size() > decoded_offset) return {at, decoded_offset - before};
        before += out.size();
    }
    return {encoded.size(), decoded_offset - std::min(before, decoded_offset)};
}

// The octet of base64 at which decoded octet `index` of the quantum begins that ends at or before
// `end`.
std::size_t base64_origin(std::span<const std::byte> encoded, Step step) {
    std::array<std::size_t, 4> sextets{};
    std::size_t count = 0;
    const bool inside = step.at < encoded.size();
    for (std::size_t at = inside ? step.at + 1 : step.at; at-- > 0 && count < 4;) {
        if (base64_value(static_cast<std::uint8_t>(encoded[at])) < 64) sextets[count++] = at;
    }
    if (count == 0) return step.at;
    // A quantum that padding or the end cut short has fewer sextets; then the last one is near
    // enough.
    const bool whole = inside && base64_value(static_cast<std::uint8_t>(encoded[step.at])) < 64;
    return whole && count == 4 ? sextets[3 - std::min<std::size_t>(step.index, 3)] : sextets[0];
}

std::size_t line_origin(std::span<const std::byte> encoded, Step step) {
    std::size_t line = std::min(step.at, encoded.size());
    while (line > 0 && encoded[line - 1] != std::byte{'\n'} && encoded[line - 1] != std::byte{'\r'})
        --line;
    return std::min(line + 1 + step.index / 3 * 4 + step.index % 3, encoded.size());
}

}  // namespace

DecodeResult decode(const Reading& reading, std::span<const std::byte> bytes, Buffer& out) {
    return with_decoder(reading, [&](auto decoder) {
        decoder.decode(slice(bytes, reading.range), out);
        return decoder.finish(out);
    });
}

std::size_t decoded_bound(const Reading& reading) {
    return with_decoder(reading,
                        [&](const auto& decoder) { return decoder.bound(reading.range.size()); });
}

std::size_t encoded_offset(const Reading& reading, std::span<const std::byte> bytes,
                           std::size_t decoded_offset) {
    const auto encoded = slice(bytes, reading.range);
    const std::size_t begin = std::min(reading.range.begin, bytes.size());
    if (reading.encoding == TransferEncoding::identity ||
        reading.encoding == TransferEncoding::unknown) {
        return begin + std::min(decoded_offset, encoded.size());
    }
    const Step step = with_decoder(
        reading, [&](const auto& decoder) { return find_step(decoder, encoded, decoded_offset); });
    switch (reading.encoding) {
        case TransferEncoding::base64:
            return begin + base64_origin(encoded, step);
        case TransferEncoding::uuencode:
            return begin + line_origin(encoded, step);
        case TransferEncoding::quoted_printable: {
            const bool escape =
                step.at >= 2 && step.at < encoded.size() && encoded[step.at - 2] == std::byte{'='};
            return begin + step.at - (escape ? 2 : 0);
        }
        default:
            return begin + step.at;
    }
}

}  // namespace postern::mime
