// SPDX-License-Identifier: Apache-2.0
// Any octets as a content and as a name.
#include "engine/identify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static postern::engine::Identifier identifier;
    identifier.identify({reinterpret_cast<const std::byte*>(data), size});
    const std::string_view name(reinterpret_cast<const char*>(data), size);
    postern::engine::extensions_of(name);
    postern::engine::printable_name(name);
    return 0;
}
