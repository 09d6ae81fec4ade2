// SPDX-License-Identifier: Apache-2.0
// Diagnostics: each kind of bad line, told at its place, beside good lines that load.
// tests/signatures/golden/diagnostics.txt holds the answers; POSTERN_UPDATE_GOLDEN=1 writes it
// anew.
#include "support.h"
#include "tests/support/places.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace postern::signatures::tests {
namespace {

struct Source {
    const char* name;
    std::string text;
};

std::vector<Source> sources() {
    const std::string good = "Good:0:*:616263\n";
    return {
        {"bodies.ndb",
         "# a comment\n" + good +
             "\nNoFields\nX:0:*\nX:0:*:616263:1:2:3\n:0:*:616263\nX:a:*:616263\n" +
             "X:15:*:616263\nX:8:*:616263\nX:0:n:616263\nX:0:*,1:616263\nX:0:1,x:616263\n" +
             "X:0:EOF+1:616263\nX:0:EP+0:616263\nX:1:EP:616263\nX:1:S0:616263\nX:1:SE:616263\n" +
             "X:9:EP+0:616263\nX:1:VI:616263\nX:0:$1$:616263\nX:0:4294967296:616263\n" +
             "X:0:*:6162\nX:0:*:616\nX:0:*:61zz63\nX:0:*:616263:x\nX:0:*:616263:214\n" +
             "X:0:*:616263:1:99\nGood2:1:EP+0:616263:1:213\r\nX\x01:0:*:616263\n" +
             "X\xff:0:*:616263\n" + std::string("X:0:*:6162\0 63\n", 15) + good},
        {"old.db", "Good=616263\nX616263\n=616263\nX=616\nX=6162\n"},
        {"hashes.hdb",
         "00000000000000000000000000000000:1:Good\n0000:1:X\n"
         "0000000000000000000000000000000g:1:X\n00000000000000000000000000000000:0:X\n"
         "00000000000000000000000000000000:x:X\n00000000000000000000000000000000:*:X\n"
         "00000000000000000000000000000000:*:X:72\n00000000000000000000000000000000:*:Good:73\n"
         "00000000000000000000000000000000:1\n00000000000000000000000000000000:1:\n"
         "00000000000000000000000000000000:1:X:300\n00000000000000000000000000000000:1:X:1:2:3\n"
         "00000000000000000000000000000000:99999999999:Good\n"},
        {"names.ign2", "Other\nX:12\n:\nA:b:c\n"},
        {"names.ign", "main.db:1:Other\nX\n"},
        {"readme.txt", "anything"},
    };
}

TEST(Diagnostics, AreGolden) {
    SetBuilder builder;
    for (const Source& source : sources()) builder.add_text(source.name, source.text);
    builder.add_path("no-such-folder/no-such-file.ndb");
    std::string told;
    for (const Diagnostic& one : builder.diagnostics()) told += to_string(one) + '\n';
    const std::string path =
        postern::tests::source_path("tests/signatures/golden/diagnostics.txt");
    if (std::getenv("POSTERN_UPDATE_GOLDENS")) std::ofstream(path) << told;
    std::ostringstream expected;
    expected << std::ifstream(path).rdbuf();
    EXPECT_EQ(told, expected.str());

    const auto set = builder.build(1);
    const SetStatistics& statistics = set->statistics();
    // Good twice is one, Good2, the old one, and two with offsets that only programs have.
    EXPECT_EQ(statistics.body_signatures, 5u);
    EXPECT_EQ(statistics.digest_signatures, 3u);
    EXPECT_EQ(statistics.ignored_names, 2u);
    EXPECT_EQ(statistics.unsupported, 6u);
}

TEST(Diagnostics, ManyAreCounted) {
    SetBuilder builder;
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "bad\n";
    builder.add_text("t.ndb", text);
    ASSERT_EQ(builder.diagnostics().size(), 1001u);
    EXPECT_NE(to_string(builder.diagnostics().back()).find("4000 more"), std::string::npos);
    EXPECT_EQ(builder.build()->statistics().errors, 5000u);
}

}  // namespace
}  // namespace postern::signatures::tests
