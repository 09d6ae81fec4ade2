// SPDX-License-Identifier: Apache-2.0
// Any octets as a PDF: its streams, their filters.
#include "tests/fuzz/stream_door.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return postern::fuzz::open_streams(data, size, postern::engine::FileType::pdf);
}
