// SPDX-License-Identifier: Apache-2.0
// uuencode, yEnc and BinHex: whole and in pieces alike, and within their bounds.
#include "mime/binhex.h"
#include "mime/uuencode.h"
#include "mime/yenc.h"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace postern::mime;

template <class Decoder>
void check(std::span<const std::byte> octets) {
    Decoder whole;
    Decoder pieces;
    Buffer out;
    Buffer other;
    whole.decode(octets, out);
    whole.finish(out);
    for (std::size_t at = 0; at < octets.size(); at += 5) {
        pieces.decode(octets.subspan(at, std::min<std::size_t>(5, octets.size() - at)), other);
    }
    pieces.finish(other);
    if (!std::ranges::equal(out.bytes(), other.bytes()) || out.size() > Decoder::bound(octets.size())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto octets = std::as_bytes(std::span(data, size));
    check<UuencodeDecoder>(octets);
    check<YencDecoder>(octets);
    check<BinhexDecoder>(octets);
    return 0;
}
