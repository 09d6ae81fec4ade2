// SPDX-License-Identifier: Apache-2.0
// Offsets: from the begin and the end, and inside programs (entry points, sections, version strings).
#include "tests/signatures/conformance/suite.h"
#include "tests/signatures/program_builder.h"
#include "tests/signatures/version_resource.h"

namespace postern::signatures::tests {
namespace {

Kind offsets() {
    KindMaker make("offsets", 201);
    for (std::size_t i = 0; i < 24; ++i) {
        const std::string needle = make.octets(5);
        const std::size_t base = 20 + make.random().below(30);
        const std::size_t shift = i % 2 == 0 ? 0 : 1 + make.random().below(12);
        const bool from_end = i % 4 > 1;
        std::string offset = (from_end ? "EOF-" : "") + std::to_string(base);
        if (shift != 0) offset += ',' + std::to_string(shift);
        make.ndb("Place", "0:" + offset + ':' + hex(needle));
        const auto at = [&](std::size_t place) {
            const std::string head("\x01\x00\x02\x00postern\x00\x03\x00\xff\xfd", 16);
            if (from_end) return head + make.octets(30) + needle + make.octets(place - needle.size());
            return head + make.octets(place - head.size()) + needle + make.octets(20);
        };
        const std::size_t first = from_end ? base - shift : base;
        for (const std::size_t place : {first - 1, first, base + (from_end ? 0 : shift), base + 1 + (from_end ? 0 : shift)}) {
            if (place >= needle.size() + 1) make.meet(at(place));
        }
        make.meet(nibble_off(at(base), from_end ? 16 + 30 : base, true));
    }
    return make.take();
}

// Behind the last octet, and before the first: nowhere.
Kind short_contents() {
    KindMaker make("short", 202);
    for (std::size_t size = 24; size < 32; ++size) {
        const std::string needle = make.octets(6);
        make.ndb("Short", "0:EOF-" + std::to_string(size) + ",40:" + hex(needle));
        const std::string head("\x01\x00\x02\x00postern\x00\x03\x00\xff\xfd", 16);
        for (const std::size_t more : {size - 23, size - 22, size - 21, size - 20}) {
            make.meet(head + make.octets(more) + needle);
        }
    }
    return make.take();
}

std::vector<std::string> pe_files() {
    std::vector<std::string> files;
    for (const bool wide : {false, true}) {
        files.push_back(pe_image({.wide = wide}).octets());
        files.push_back(pe_image({.wide = wide, .entry = 0x2030}).octets());
        files.push_back(pe_image({.wide = wide,
                                  .sections = {{0x100, 0x1000, 0x200, 0x400},
                                               {0x300, 0x2000, 0x400, 0x600},
                                               {0x200, 0x3000, 0x200, 0xa00}}})
                            .octets());
    }
    return files;
}

std::vector<std::string> elf_files() {
    std::vector<std::string> files;
    for (const bool wide : {false, true}) {
        files.push_back(elf_image({.wide = wide}).octets());
        files.push_back(elf_image({.wide = wide, .endian = Endian::big, .entry = 0x400520}).octets());
        files.push_back(elf_image({.wide = wide, .begin = 0x200}).octets());
    }
    return files;
}

std::vector<std::string> macho_files() {
    std::vector<std::string> files;
    for (const bool wide : {false, true}) {
        files.push_back(macho_image({.wide = wide, .thread_entry = 0x1010}).octets());
        files.push_back(macho_image({.wide = wide, .endian = Endian::big, .processor = 18, .thread_entry = 0x2040}).octets());
        files.push_back(macho_image({.wide = wide, .sections = {{0x1000, 0x33, 0x400, 8}}}).octets());
    }
    return files;
}

struct ProgramKind {
    const char* name;
    const char* target;
    std::vector<std::string> files;
};

// Marks stand every 16 octets. Each offset looks for the mark at a place where it may lie, and for its
// neighbours; in another file of the same format the same place means something else.
Kind programs(const ProgramKind& program, std::uint32_t seed) {
    KindMaker make(program.name, seed);
    const char* bases[] = {"EP+", "EP-", "S0+", "S1+", "S2+", "SL+"};
    const std::size_t begins[] = {0x400, 0x410, 0x500, 0x520, 0x600, 0x610, 0x630, 0x640, 0xa00};
    for (std::size_t i = 0; i < 54; ++i) {
        const char* base = bases[i % std::size(bases)];
        const std::size_t by = 16 * make.random().below(4);
        const std::size_t shift = i % 4 == 0 ? 16 * (1 + make.random().below(3)) : 0;
        const std::size_t begin = begins[i / std::size(bases)];
        const std::size_t place = std::string_view(base) == "EP-" ? begin - by : begin + by;
        std::string offset = base + std::to_string(by);
        if (shift != 0) offset += ',' + std::to_string(shift);
        make.ndb("At", program.target + (":" + offset) + ':' + hex(mark_at(place + shift)));
        for (const std::string& file : program.files) make.meet(file);
    }
    for (std::size_t i = 0; i < 15; ++i) {
        const std::size_t mark = 16 * (0x3f + make.random().below(0x30));
        make.ndb("Inside", program.target + numbered(":SE", i % 3) + ':' + hex(mark_at(mark)));
        for (const std::string& file : program.files) make.meet(file);
    }
    return make.take();
}

Kind version_strings() {
    KindMaker make("version", 206);
    PeSpec spec{.sections = {{0x200, 0x1000, 0x200, 0x400}, {0x400, 0x2000, 0x800, 0x600}},
                .resource_address = 0x2000,
                .resource_size = 0x400};
    Image image = pe_image(spec);
    put_version_resource(image, 0x600, 0x2000);
    spec.resource_address = 0x3000;
    Image elsewhere = pe_image(spec);
    put_version_resource(elsewhere, 0x600, 0x2000);
    for (const char* text : {"CompanyName", "FileDescription", "Last", "Empty", "ompanyName", "Acme Inc", "Other"}) {
        make.ndb("Version", "1:VI:" + hex(utf16(text)));
        make.meet(image.octets(), "exe");
        make.meet(elsewhere.octets(), "exe");
    }
    return make.take();
}

}  // namespace

void add_place_kinds(std::vector<Kind>& out) {
    out.push_back(offsets());
    out.push_back(short_contents());
    out.push_back(programs({"pe", "1", pe_files()}, 203));
    out.push_back(programs({"elf", "6", elf_files()}, 204));
    out.push_back(programs({"macho", "9", macho_files()}, 205));
    out.push_back(version_strings());
}

}  // namespace postern::signatures::tests
