// SPDX-License-Identifier: Apache-2.0
// A body under any two encodings: each reading decodes within its bound, and the sweep takes any octets.
#include "mime/reading.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::mime;
    if (size == 0) return 0;
    const auto octets = std::as_bytes(std::span(data, size));
    Entity leaf;
    leaf.body_range = {1, size};
    leaf.encodings = {static_cast<TransferEncoding>(data[0] % 7), static_cast<TransferEncoding>(data[0] / 7 % 7)};
    std::vector<Reading> readings = readings_of(leaf, octets);
    for (Reading& reading : sweep({0, size}, octets)) readings.push_back(std::move(reading));
    for (const Reading& reading : readings) {
        Buffer out;
        decode(reading, octets, out);
        if (reading.range.end > size || out.size() > decoded_bound(reading)) std::abort();
        if (encoded_offset(reading, octets, out.size() / 2) > size) std::abort();
    }
    return 0;
}
