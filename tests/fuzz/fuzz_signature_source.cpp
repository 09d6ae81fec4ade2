// SPDX-License-Identifier: Apache-2.0
// Any text as a source of any format: diagnostics, never more. The first octet chooses the format.
// What loads is built and matched against its own source.
#include "signatures/matcher.h"

#include <array>

using namespace postern::signatures;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array names{"x.ndb", "x.db",  "x.hdb", "x.fp",  "x.ign2", "x.ign", "x.hsb", "x.sfp", "x.ldb",
                               "x.mdb", "x.msb", "x.imp", "x.cdb", "x.zmd",  "x.rmd", "x.ftm", "x.sdb", "x.pdb"};
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    SetBuilder builder;
    builder.add_text(names[data[0] % names.size()], text);
    Matcher matcher(builder.build(1));
    matcher.match({std::as_bytes(std::span(text)), Target::pe});
    return 0;
}
