// SPDX-License-Identifier: Apache-2.0
// Quoted-printable must not depend on how its input is cut, and must stay within its bound.
#include "mime/quoted_printable.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::mime;
    const auto octets = std::as_bytes(std::span(data, size));
    QuotedPrintableDecoder whole;
    QuotedPrintableDecoder pieces;
    Buffer out;
    Buffer other;
    whole.decode(octets, out);
    whole.finish(out);
    for (std::size_t at = 0; at < size; at += 3) pieces.decode(octets.subspan(at, std::min<std::size_t>(3, size - at)), other);
    pieces.finish(other);
    if (!std::ranges::equal(out.bytes(), other.bytes()) || out.size() > QuotedPrintableDecoder::bound(size)) std::abort();
    return 0;
}
