// SPDX-License-Identifier: Apache-2.0
// Any octets as an OLE2 compound file: its streams, and what is embedded in them.
#include "tests/fuzz/stream_door.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return postern::fuzz::open_streams(data, size, postern::engine::FileType::ole2);
}
