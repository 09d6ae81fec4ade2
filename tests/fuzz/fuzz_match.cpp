// SPDX-License-Identifier: Apache-2.0
// Any octets as content of each target, under a set that has every construct: never a crash, the same answer
// in one chunk and in two.
#include "signatures/matcher.h"

#include <cstdlib>

using namespace postern::signatures;

namespace {

constexpr const char* source =
    "Literal:0:*:6162636465666768\nAny:1:*:6162??64*6566\nGap:1:*:6162{1-3}6263{-4}6364\n"
    "Alt:7:*:6162(63|6465|(66|6768)69)6a6b\nNot:7:*:6162!(63|64)6566\nClass:7:*:(B)616263(L)6465(W)\n"
    "Entry:1:EP+0,9:616263\nSection:6:SE1:616263\nLast:1:SL+0:6162??\nEnd:0:EOF-9,3:616263\n"
    "Slow:0:*:61??62??63\nBracket:0:*:61[1-5]626364\nShort:0:*:6162*6162\n";

bool same(const std::vector<Match>& a, const std::vector<Match>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Match& x, const Match& y) {
        return x.name == y.name && x.offset == y.offset && x.length == y.length;
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Matcher matcher([] {
        SetBuilder builder;
        builder.add_text("x.ndb", source);
        return builder.build(1);
    }());
    const std::span<const std::byte> content = std::as_bytes(std::span(data, size));
    for (const Target target : {Target::pe, Target::elf, Target::text}) {
        const Subject subject{content, target};
        Candidates halves;
        matcher.scan(subject, {0, size / 2}, halves);
        matcher.scan(subject, {size / 2, size}, halves);
        if (!same(matcher.match(subject), matcher.finish(subject, halves))) std::abort();
    }
    return 0;
}
