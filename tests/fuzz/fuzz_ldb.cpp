// SPDX-License-Identifier: Apache-2.0
// Logical signatures: the first line break divides the source line from a content to match it on.
#include "signatures/matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace postern::signatures;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    SetBuilder builder;
    builder.add_text("x.ldb", text.substr(0, end));
    Matcher matcher(builder.build(1));
    matcher.match({std::as_bytes(std::span(text.substr(end))), Target::pe});
    return 0;
}
