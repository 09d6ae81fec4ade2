// SPDX-License-Identifier: Apache-2.0
// Every kind of offset in every kind of program, octet for octet: of each program all marks are
// looked for behind each offset, so that a test fails whether a place is found too much or too
// little. The truth is clamscan's, or the golden file's where it is not installed.
//
// POSTERN_UPDATE_GOLDENS=1 writes the golden file anew (from our answers, checked against clamscan).
#include "program_builder.h"
#include "support.h"
#include "tests/support/clamscan.h"
#include "version_resource.h"
#include "tests/support/places.h"

#include <cstdlib>
#include <fstream>

namespace postern::signatures::tests {
namespace {

using postern::tests::Texts;

struct Program {
    std::string name;
    Target target;
    std::string octets;
};

void add_pe(std::vector<Program>& out, const std::string& name, const PeSpec& spec) {
    out.push_back({"pe32-" + name, Target::pe, pe_image(spec).octets()});
    PeSpec wide = spec;
    wide.wide = true;
    out.push_back({"pe64-" + name, Target::pe, pe_image(wide).octets()});
}

void add_pes(std::vector<Program>& out) {
    add_pe(out, "plain", {});
    add_pe(out, "three", {.sections = {{0x100, 0x1000, 0x200, 0x400},
                                       {0x300, 0x2000, 0x400, 0x600},
                                       {0x200, 0x3000, 0x200, 0xa00}}});
    add_pe(out, "odd-begin", {.sections = {{0x200, 0x1000, 0x200, 0x4f0}, {0x80, 0x2000, 0x90, 0x7b0}}});
    add_pe(out, "sector-fallback",
           {.file_unit = 0x400, .sections = {{0x200, 0x1000, 0x200, 0x600}, {0x80, 0x2000, 0x90, 0x810}}});
    add_pe(out, "odd-units", {.memory_unit = 0x10, .file_unit = 0x10});
    add_pe(out, "no-units", {.memory_unit = 0, .file_unit = 0});
    add_pe(out, "cut", {.sections = {{0x200, 0x1000, 0x200, 0x400}, {0x900, 0x2000, 0x900, 0xe00}}});
    add_pe(out, "outside", {.sections = {{0x200, 0x1000, 0x200, 0x400}, {0x900, 0x2000, 0x900, 0x4000}}});
    add_pe(out, "overlap", {.sections = {{0x400, 0x1000, 0x400, 0x400}, {0x400, 0x1000, 0x400, 0x600}}});
    add_pe(out, "entry-in-header", {.entry = 0x120});
    add_pe(out, "entry-second", {.entry = 0x2030});
    add_pe(out, "entry-nowhere", {.entry = 0x7000});
    add_pe(out, "virtual-only", {.sections = {{0x200, 0x1000, 0x200, 0x400}, {0x900, 0x2000, 0, 0}}});
    add_pe(out, "no-sections", {.sections = {}});
    add_pe(out, "few-directories", {.directories = 2});
    add_pe(out, "many-directories", {.directories = 20});
    PeSpec version{.sections = {{0x200, 0x1000, 0x200, 0x400}, {0x400, 0x2000, 0x800, 0x600}},
                   .resource_address = 0x2000,
                   .resource_size = 0x400};
    Image image = pe_image(version);
    put_version_resource(image, 0x600, 0x2000);
    out.push_back({"pe32-version", Target::pe, image.octets()});
}

void add_elfs(std::vector<Program>& out) {
    for (const bool wide : {false, true}) {
        for (const Endian endian : {Endian::little, Endian::big}) {
            const std::string name = std::string(wide ? "elf64" : "elf32") +
                                     (endian == Endian::little ? "-le-" : "-be-");
            const auto add = [&](const char* what, ElfSpec spec) {
                spec.wide = wide;
                spec.endian = endian;
                out.push_back({name + what, Target::elf, elf_image(spec).octets()});
            };
            add("plain", {});
            add("shifted", {.begin = 0x200});
            add("no-entry", {.entry = 0});
            add("no-segments", {.segments = 0});
            add("entry-nowhere", {.entry = 0x300000});
            add("entry-at-end", {.entry = 0x401000});
            add("no-sections", {.sections = {{0, 0}}});
            add("section-outside", {.sections = {{0, 0}, {0x400, 0x80}, {0x5000, 0x20}}});
            add("many-segments", {.segments = 129});
        }
    }
}

void add_machos(std::vector<Program>& out) {
    for (const bool wide : {false, true}) {
        for (const Endian endian : {Endian::little, Endian::big}) {
            const std::string name = std::string(wide ? "macho64" : "macho32") +
                                     (endian == Endian::little ? "-le-" : "-be-");
            const auto add = [&](const char* what, MachoSpec spec) {
                spec.wide = wide;
                spec.endian = endian;
                out.push_back({name + what, Target::macho, macho_image(spec).octets()});
            };
            add("plain", {});
            add("x86-thread", {.thread_entry = 0x1010});
            add("power", {.processor = 18, .thread_entry = 0x1010});
            add("power-second", {.processor = 18, .thread_entry = 0x2040});
            add("power-nowhere", {.processor = 18, .thread_entry = 0x9000});
            add("power64", {.processor = 18 | 0x1000000, .thread_entry = 0x1020});
            add("one-section", {.sections = {{0x1000, 0x33, 0x400, 8}}});
        }
    }
}

std::vector<Program> programs() {
    std::vector<Program> all;
    add_pes(all);
    add_elfs(all);
    add_machos(all);
    return all;
}

constexpr const char* offsets[] = {
    "*",         "1040",     "1024,64",  "EOF-64",    "EOF-256,64", "EP+0",      "EP+16",
    "EP+1",      "EP-16",    "EP-32,64", "EP+0,48",   "EP-5000",    "S0+0",      "S0+16",
    "S1+0",      "S1+16,32", "S1+15",    "S2+0",      "S3+0",       "S9+0",      "SL+0",
    "SL+32",     "SL+0,64",  "SE0",      "SE1",       "SE2",        "SE3",       "SE1,32",
    "SE9",       "VI",
};

// Marks every 16 octets, of which each is looked for behind each offset.
std::string source_for(Target target, std::size_t file_size) {
    std::string source;
    for (std::size_t kind = 0; kind < std::size(offsets); ++kind) {
        if (std::string_view(offsets[kind]) == "*") continue;
        for (std::size_t place = 0; place < file_size; place += mark_length) {
            source += numbered("T", static_cast<std::size_t>(target)) + numbered("-K", kind) +
                      numbered("-P", place) + numbered(":", static_cast<std::size_t>(target)) +
                      ':' + offsets[kind] + ':' + hex(mark_at(place)) + '\n';
        }
    }
    return source;
}

// clamscan wants every part of a body at a key of its own, so these never match there. We ask it of
// the first octet only, as for every other offset.
const std::set<std::string> ours_alone{"V-CompanyName-far", "V-CompanyName-value",
                                       "V-FileDescription-value", "V-Last-far", "V-Last-value"};

// Strings that stand in the version resource, or do not.
std::string version_source() {
    std::string source;
    const auto add = [&](std::string_view name, const std::string& body) {
        source += "V-" + std::string(name) + ":1:VI:" + body + '\n';
    };
    for (const std::string_view key : {"CompanyName", "FileDescription", "Empty", "Other", "Last"}) {
        add(key, hex(utf16(key)));
        add(std::string(key) + "-value", hex(utf16(key)) + "*" + hex(utf16("Acme")));
        add(std::string(key) + "-far", hex(utf16(key)) + "{-8}" + hex(utf16("Acme")));
    }
    add("inside", hex(utf16("ompanyName")));
    add("value", hex(utf16("Acme Inc")));
    add("short", hex(utf16("Co")));
    return source;
}

std::set<std::string> names_in(Matcher& matcher, const Program& program) {
    std::set<std::string> names;
    for (const Match& match : matches_of(matcher, program.octets, program.target)) {
        names.insert(std::string(match.name));
    }
    return names;
}

std::string listed(const std::set<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += ' ' + name;
    return text;
}

class ProgramOffsets : public testing::Test {
protected:
    static constexpr std::size_t file_size = 0x1000;
    Texts sources_{{"pe.ndb", source_for(Target::pe, file_size)},
                   {"elf.ndb", source_for(Target::elf, file_size)},
                   {"macho.ndb", source_for(Target::macho, file_size)},
                   {"version.ndb", version_source()}};
    std::vector<Program> programs_ = programs();

    std::map<std::string, std::set<std::string>> ours() {
        SetBuilder builder;
        for (const auto& [name, text] : sources_) builder.add_text(name, text);
        EXPECT_TRUE(builder.diagnostics().empty());
        Matcher matcher(builder.build(1));
        std::map<std::string, std::set<std::string>> found;
        for (const Program& program : programs_) found[program.name] = names_in(matcher, program);
        return found;
    }
};

TEST_F(ProgramOffsets, AreGolden) {
    const std::string path =
        postern::tests::source_path("tests/signatures/golden/program_offsets.txt");
    std::string told;
    for (const auto& [program, names] : ours()) told += program + ':' + listed(names) + '\n';
    if (std::getenv("POSTERN_UPDATE_GOLDENS")) std::ofstream(path) << told;
    EXPECT_EQ(told, postern::tests::read_file(path));
}

TEST_F(ProgramOffsets, AgreeWithClamscan) {
    if (!postern::tests::have_clamscan()) GTEST_SKIP() << "clamscan is not installed";
    Texts contents;
    for (const Program& program : programs_) contents.emplace_back(program.name, program.octets);
    auto theirs = postern::tests::clamscan(sources_, contents);
    EXPECT_EQ(listed(theirs[""]), "");
    std::size_t matches = 0;
    for (const auto& [program, names] : ours()) {
        std::set<std::string> more, less;
        const std::set<std::string>& other = theirs[program];
        std::set_difference(names.begin(), names.end(), other.begin(), other.end(),
                            std::inserter(more, more.end()));
        std::set_difference(other.begin(), other.end(), names.begin(), names.end(),
                            std::inserter(less, less.end()));
        if (program == "pe32-version") std::erase_if(more, [](const std::string& name) {
            return ours_alone.contains(name);
        });
        EXPECT_EQ(listed(more), "") << program << ": only we find these";
        EXPECT_EQ(listed(less), "") << program << ": only clamscan finds these";
        matches += names.size();
    }
    EXPECT_GT(matches, 1000u);
}

}  // namespace
}  // namespace postern::signatures::tests
