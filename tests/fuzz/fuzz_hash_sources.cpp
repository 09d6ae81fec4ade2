// SPDX-License-Identifier: Apache-2.0
// Any text as a source about members, sections, imports or file types; what loads is matched
// against a member of that name and against its own source as a program.
#include "signatures/matcher.h"

#include <array>

using namespace postern::signatures;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array names{"x.cdb", "x.mdb", "x.msb", "x.imp", "x.ftm", "x.zmd", "x.rmd"};
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    SetBuilder builder;
    builder.add_text(names[data[0] % names.size()], text);
    // A set of all sections and imports, whatever they are.
    builder.add_text("all.mdb", "*:00000000000000000000000000000000:S:73\n");
    builder.add_text("all.imp", "00000000000000000000000000000000:*:I\n");
    Matcher matcher(builder.build(1));
    matcher.match_member({ContentType::zip, size, text, size, size, false, 1, 1});
    matcher.match({std::as_bytes(std::span(text)), Target::pe});
    return 0;
}
