// SPDX-License-Identifier: Apache-2.0
// Every format that ClamAV has: read, or left out by name with its reason and number. A folder of
// all of them makes the same set in whatever order it is read.
#include "support.h"

#include <algorithm>
#include <filesystem>

namespace postern::signatures::tests {
namespace {

const std::vector<std::pair<std::string, std::string>> all_sources{
    {"a.ndb", "N:0:*:61626364\n"},
    {"a.db", "D=71727374\n"},
    {"a.sdb", "S:4:*:61626365\n"},
    {"a.ndu", "U:0:*:61626366\n"},
    {"a.hdb", "900150983cd24fb0d6963f7d28e17f72:3:H\n"},
    {"a.hdu", "900150983cd24fb0d6963f7d28e17f73:3:HU\n"},
    {"a.mdb", "3:900150983cd24fb0d6963f7d28e17f72:M\n"},
    {"a.imp", "900150983cd24fb0d6963f7d28e17f72:*:I\n"},
    {"a.fp", "900150983cd24fb0d6963f7d28e17f74:3:F\n"},
    {"a.cdb", "C:*:*:exe$:*:*:*:*:*:*\nGone:*:*:exe$:*:*:*:*:*:*\n"},
    {"b.cdb", "B:*:*:com$:*:*:*:*:*:*\nC:*:*:exe$:*:*:*:*:*:*\n"},
    {"a.zmd", "Z:0:exe$:*:*:*:*:*:*\n"},
    {"a.rmd", "Z:0:exe$:*:*:*:*:*:*\n"},
    {"a.ign2", "Gone\n"},
    {"a.ftm", "0:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP\n1:*:6162*6364:X:CL_TYPE_ANY:CL_TYPE_HTML\n"},
    {"a.cfg", "PE:1:0\n"},
    {"a.info", "ClamAV-VDB:1\n"},
    {"a.pwdb", "P;Engine:1-255;0;infected\n"},
    {"a.cbc", "ClamBCaf\nx\n"},
    {"a.idb", "I:1:2:3\n"},
    {"a.pdb", "R:a:b\n# comment\n\nH:c:d\n"},
    {"a.gdb", "S:P:1\n"},
    {"a.wdb", "M:a:b\n"},
    {"a.crb", "x;y\n"},
    {"a.cat", std::string("0\x82\0\1", 4)},
    {"a.ioc", "<ioc/>\n"},
};

struct Built {
    std::string generation;
    std::string told;
    SetStatistics statistics;
};

Built built(std::vector<std::pair<std::string, std::string>> sources, SourceOptions options = {}) {
    SetBuilder builder(options);
    for (const auto& [name, text] : sources) builder.add_text(name, text);
    std::vector<std::string> lines;
    for (const Diagnostic& one : builder.diagnostics()) lines.push_back(to_string(one));
    std::sort(lines.begin(), lines.end());
    Built result;
    for (const std::string& line : lines) result.told += line + '\n';
    const auto set = builder.build(1);
    result.generation = set->generation();
    result.statistics = set->statistics();
    return result;
}

TEST(Sources, NothingIsDroppedWithoutAWord) {
    const Built all = built(all_sources);
    EXPECT_EQ(all.told,
        "a.cat: unsupported: 1 entry is left out; Authenticode catalogs: signatures of programs are not checked\n"
        "a.cbc: unsupported: 2 entries are left out; bytecode: programs are not run on mail\n"
        "a.cfg: unsupported: 1 entry is left out; switches of ClamAV's engine: none of them is one of ours\n"
        "a.crb: unsupported: 1 entry is left out; Authenticode certificates: signatures of programs are not checked\n"
        "a.ftm: unsupported: 2 entries are left out; file type magic: the engine identifies every content itself\n"
        "a.gdb: unsupported: 1 entry is left out; phishing URLs: links are not judged by the hash of their host\n"
        "a.hdu: warning: 1 entry is left out; potentially unwanted programs are looked for on request only\n"
        "a.idb: unsupported: 1 entry is left out; icon hashes: icons of programs are not compared\n"
        "a.info: unsupported: 1 entry is left out; a list of a container's members: it is checked within its container alone\n"
        "a.ioc: unsupported: 1 entry is left out; OpenIOC documents: write their hashes as .hdb or .hsb\n"
        "a.ndu: warning: 1 entry is left out; potentially unwanted programs are looked for on request only\n"
        "a.pdb: unsupported: 2 entries are left out; phishing URLs: links are not judged by their display\n"
        "a.pwdb: unsupported: 1 entry is left out; passwords of archives: encrypted members are reported, and not opened\n"
        "a.wdb: unsupported: 1 entry is left out; phishing URLs: links are not judged, so none need be allowed\n");
    EXPECT_EQ(all.statistics.unsupported, 15u);
    EXPECT_EQ(all.statistics.unwanted, 2u);
    EXPECT_EQ(all.statistics.errors, 0u);
    EXPECT_EQ(all.statistics.body_signatures, 3u);
    EXPECT_EQ(all.statistics.digest_signatures, 1u);
    EXPECT_EQ(all.statistics.section_digests, 1u);
    EXPECT_EQ(all.statistics.import_digests, 1u);
    EXPECT_EQ(all.statistics.member_signatures, 4u);
}

TEST(Sources, UnwantedOnRequest) {
    const Built all = built(all_sources, {.unwanted = Unwanted::load});
    EXPECT_EQ(all.statistics.body_signatures, 4u);
    EXPECT_EQ(all.statistics.digest_signatures, 2u);
    EXPECT_EQ(all.statistics.unwanted, 0u);
    EXPECT_NE(all.generation, built(all_sources).generation);
}

TEST(Sources, AnyOrderMakesTheSameSet) {
    auto sources = all_sources;
    const Built first = built(sources);
    std::mt19937 random(4);
    for (int i = 0; i < 20; ++i) {
        std::shuffle(sources.begin(), sources.end(), random);
        const Built other = built(sources);
        EXPECT_EQ(other.generation, first.generation);
        EXPECT_EQ(other.told, first.told);
        EXPECT_EQ(other.statistics.member_signatures, first.statistics.member_signatures);
        EXPECT_EQ(other.statistics.ignored, first.statistics.ignored);
    }
}

// What is in a source matters to the generation, whichever table it goes to.
TEST(Sources, EverySourceIsInTheGeneration) {
    const std::string whole = built(all_sources).generation;
    for (const char* name : {"a.ndb", "a.db", "a.sdb", "a.hdb", "a.mdb", "a.imp", "a.fp", "b.cdb",
                             "a.zmd", "a.rmd", "a.ign2"}) {
        auto fewer = all_sources;
        std::erase_if(fewer, [&](const auto& source) { return source.first == name; });
        EXPECT_NE(built(fewer).generation, whole) << name;
    }
}

TEST(Sources, FileTypeMagicIsChecked) {
    EXPECT_EQ(built({{"x.ftm", "0:0:50:A:CL_TYPE_ANY\n9:0:50:A:CL_TYPE_ANY:CL_TYPE_ZIP\n"
                               "0:x:50:A:CL_TYPE_ANY:CL_TYPE_ZIP\n0:0:5:A:CL_TYPE_ANY:CL_TYPE_ZIP\n"
                               "0:0:5g:A:CL_TYPE_ANY:CL_TYPE_ZIP\n0:0:50:A:CL_TYPE_ANY:CL_TYPE_X\n"
                               "1:*:(61:A:CL_TYPE_ANY:CL_TYPE_ZIP\n0:0:50:A:CL_TYPE_ANY:CL_TYPE_ZIP:214\n"}}).told,
        "x.ftm:1: error: file type magic has 6 to 8 fields; write Mode:Offset:Magic:Name:RequiredType:Type\n"
        "x.ftm:2:1: error: no mode; write 0 (octets), 1 (pattern) or 4 (partition)\n"
        "x.ftm:3:3: error: no offset; write a number, or * for a pattern\n"
        "x.ftm:4:5: error: half an octet; write two hex digits for each octet\n"
        "x.ftm:5:6: error: no hex digit; write octets as two of 0-9 a-f\n"
        "x.ftm:6:22: unsupported: no such type is known; write a name such as CL_TYPE_ZIP\n"
        "x.ftm:7:8: error: the alternatives do not end; close them with )\n"
        "x.ftm:8:34: unsupported: the line is for other functionality levels than 213\n");
}

}  // namespace
}  // namespace postern::signatures::tests
