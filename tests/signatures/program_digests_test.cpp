// SPDX-License-Identifier: Apache-2.0
// Digests of PE sections and import tables: which octets are digested is asked by digests of every
// range that could be meant, and which text by texts of every form; clamscan says which are right.
#include "import_table.h"
#include "program_builder.h"
#include "signatures/hasher.h"
#include "support.h"
#include "tests/support/clamscan.h"

namespace postern::signatures::tests {
namespace {

using postern::tests::Texts;

Digests digests_of(std::string_view text) {
    DigestKinds kinds;
    kinds.add(DigestKind::md5);
    kinds.add(DigestKind::sha1);
    kinds.add(DigestKind::sha256);
    return Hasher().digest(octets(text), kinds);
}

template <std::size_t N>
std::string hex_of(const std::array<std::uint8_t, N>& digest) {
    return hex({reinterpret_cast<const char*>(digest.data()), N});
}

std::string md5_of(std::string_view text) {
    return hex_of(digests_of(text).md5);
}

struct File {
    std::string name;
    std::string octets;
};

File importing(const std::string& name, const std::vector<Import>& imports, bool wide = false) {
    return {name, tests::importing(imports, wide)};
}

std::vector<File> importers() {
    const std::vector<Import> usual{{"KERNEL32.dll", {"CreateFileA", "ReadFile"}},
                                    {"ws2_32.DLL", {"#1", "#115", "#9999", "send"}}};
    return {
        importing("usual", usual),
        importing("usual64", usual, true),
        importing("oleaut", {{"OLEAUT32.dll", {"#2", "#443", "#7", "#500"}}}),
        importing("others", {{"driver.sys", {"A"}}, {"ctl.ocx", {"B_c.d"}}, {"x.exe", {"E"}}, {"none", {"F"}}, {"two.dots.dll", {"G"}}}),
        importing("bad-name", {{"KERNEL32.dll", {"Create File", "ReadFile"}}}),
        importing("mangled", {{"msvcrt.dll", {"?what@@YAXXZ"}}}),
        importing("no-functions", {{"KERNEL32.dll", {}}}),
    };
}

// Texts that an import digest could be of, of the files above; most are of none.
std::vector<std::string> import_texts() {
    const std::string usual = "kernel32.createfilea,kernel32.readfile,";
    return {usual + "ws2_32.accept,ws2_32.wsastartup,ws2_32.ord9999,ws2_32.send",
            usual + "ws2_32.ord1,ws2_32.ord115,ws2_32.ord9999,ws2_32.send",
            "kernel32.dll.createfilea,kernel32.dll.readfile",
            "oleaut32.sysallocstring,oleaut32.unregistertypelibforuser,oleaut32.sysstringlen,oleaut32.ord500",
            "driver.a,ctl.b_c.d,x.exe.e,none.f,two.dots.dll.g",
            "driver.a,ctl.b_c.d,x.e,none.f,two.dots.g",
            "kernel32.create file,kernel32.readfile",
            "kernel32.readfile",
            "msvcrt.?what@@yaxxz",
            ""};
}

Texts import_sources() {
    std::string source;
    const std::vector<std::string> texts = import_texts();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string md5 = md5_of(texts[i]);
        const std::size_t size = texts[i].size();
        if (size != 0) source += md5 + numbered(":", size) + numbered(":Sized-", i) + '\n';
        source += md5 + numbered(":", size + 1) + numbered(":Longer-", i) + '\n';
        source += md5 + numbered(":*:Any-", i) + '\n';
    }
    return {{"t.imp", source}};
}

std::vector<File> sectioned() {
    const auto file = [](const char* name, const PeSpec& spec) {
        return File{name, pe_image(spec).octets()};
    };
    return {
        file("plain", {}),
        file("wide", {.wide = true}),
        file("unaligned", {.sections = {{0x200, 0x1000, 0x1f0, 0x410}, {0x80, 0x2000, 0x90, 0x7b0}}}),
        file("cut", {.sections = {{0x200, 0x1000, 0x200, 0x400}, {0x900, 0x2000, 0x900, 0xe00}}}),
        file("outside", {.sections = {{0x200, 0x1000, 0x200, 0x400}, {0x900, 0x2000, 0x900, 0x4000}}}),
        file("entry-nowhere", {.entry = 0x9000}),
        file("fallback", {.file_unit = 0x400, .sections = {{0x200, 0x1000, 0x200, 0x600}, {0x80, 0x2000, 0x90, 0x810}}}),
    };
}

// Every range between borders that a section could be thought to have, and near misses.
Texts section_sources(const std::vector<File>& files) {
    std::string md5, sha;
    std::set<std::string> seen;  // one name a digest, as only one is told
    constexpr std::size_t borders[] = {0x400, 0x410, 0x480, 0x4f0, 0x600, 0x601, 0x690,
                                       0x7b0, 0x800, 0x810, 0x8a0, 0xa00, 0xe00, 0x1000};
    for (std::size_t f = 0; f < files.size(); ++f) {
        for (const std::size_t begin : borders) {
            for (const std::size_t end : borders) {
                if (begin >= end) continue;
                const Digests digests = digests_of(files[f].octets.substr(begin, end - begin));
                if (!seen.insert(hex_of(digests.md5)).second) continue;
                const std::string name = numbered(numbered("F", f) + "-B", begin) + numbered("-E", end);
                const std::string size = std::to_string(end - begin);
                md5 += size + ':' + hex_of(digests.md5) + ":Md5-" + name + '\n';
                md5 += numbered("", end - begin + 1) + ':' + hex_of(digests.md5) + ":Near-" + name + '\n';
                sha += "*:" + hex_of(digests.sha256) + ":Sha256-" + name + ":73\n";
                sha += size + ':' + hex_of(digests.sha1) + ":Sha1-" + name + '\n';
            }
        }
    }
    return {{"t.mdb", md5}, {"t.msb", sha}};
}

using Found = std::map<std::string, std::set<std::string>>;

Found ours(const Texts& sources, const std::vector<File>& files) {
    SetBuilder builder;
    for (const auto& [name, text] : sources) builder.add_text(name, text);
    for (const Diagnostic& one : builder.diagnostics()) ADD_FAILURE() << to_string(one);
    Matcher matcher(builder.build(1));
    Found found;
    for (const File& file : files) {
        for (const Match& match : matches_of(matcher, file.octets, Target::pe)) {
            found[file.name].insert(std::string(match.name));
        }
    }
    return found;
}

std::string told(const Found& found) {
    std::string text;
    for (const auto& [file, names] : found) {
        text += file + ':';
        for (const std::string& name : names) text += ' ' + name;
        text += '\n';
    }
    return text;
}

void expect_clamscans(const Texts& sources, const std::vector<File>& files) {
    if (!postern::tests::have_clamscan()) GTEST_SKIP() << "clamscan is not installed";
    Texts contents;
    for (const File& file : files) contents.emplace_back(file.name, file.octets);
    EXPECT_EQ(told(ours(sources, files)), told(postern::tests::clamscan(sources, contents)));
}

TEST(ProgramDigests, OfSections) {
    const std::vector<File> files = sectioned();
    Found found = ours(section_sources(files), files);
    EXPECT_EQ(told({{"plain", found["plain"]}}),
              "plain: Md5-F0-B1024-E1536 Md5-F0-B1536-E2048 Sha1-F0-B1024-E1536 "
              "Sha1-F0-B1536-E2048 Sha256-F0-B1024-E1536 Sha256-F0-B1536-E2048\n");
    EXPECT_TRUE(found["entry-nowhere"].empty());
    EXPECT_EQ(found["cut"].size(), 6u);
}

TEST(ProgramDigests, OfSectionsAgreeWithClamscan) {
    expect_clamscans(section_sources(sectioned()), sectioned());
}

TEST(ProgramDigests, OfImports) {
    EXPECT_EQ(told(ours(import_sources(), importers())),
              "no-functions: Any-9\noleaut: Any-3 Sized-3\nothers: Any-4 Sized-4\nusual: Any-0 Sized-0\n");
}

TEST(ProgramDigests, OfImportsAgreeWithClamscan) {
    expect_clamscans(import_sources(), importers());
}

TEST(ProgramDigests, MatchesSayWhere) {
    const std::string file = pe_image({}).octets();
    const std::string digest = md5_of(file.substr(0x600, 0x200));
    Matcher matcher(set_of("x.mdb", "512:" + digest + ":S\n"));
    EXPECT_EQ(tests::told(matches_of(matcher, file, Target::pe)), "S@1536+512");
}

// 60,000 sections that each span the whole file: digested a few times, not 60,000 times.
TEST(ProgramDigests, OverlappingSectionsAreBounded) {
    PeSpec spec{.file_size = 4 << 20};
    spec.sections.clear();
    for (std::uint32_t i = 0; i < 60000; ++i) {
        spec.sections.push_back({0x1000, 0x1000, (4u << 20) - 0x400 - 0x200 * (i % 8000), 0x400});
    }
    spec.headers = 0x1000;
    Matcher matcher(set_of("x.msb", "*:" + std::string(64, '0') + ":S:73\n"));
    EXPECT_TRUE(matches_of(matcher, pe_image(spec).octets(), Target::pe).empty());
}

TEST(ProgramDigests, IgnoredLinesAreTakenOut) {
    const std::string file = pe_image({}).octets();
    const std::string line = "512:" + md5_of(file.substr(0x600, 0x200)) + ":S";
    for (const std::string& ignore : {std::string("S"), "S:" + md5_of(line)}) {
        SetBuilder builder;
        builder.add_text("x.ign2", ignore + '\n');
        builder.add_text("x.mdb", line + '\n');
        EXPECT_EQ(builder.build(1)->statistics().section_digests, 0u) << ignore;
    }
}

}  // namespace
}  // namespace postern::signatures::tests
