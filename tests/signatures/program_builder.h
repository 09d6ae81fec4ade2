// SPDX-License-Identifier: Apache-2.0
// Small programs for the tests: PE, ELF and Mach-O files of every width and octet order, their
// octets filled with marks that say where they stand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures::tests {

inline constexpr std::size_t mark_length = 16;

// What stands at a multiple of mark_length where nothing else was put.
inline std::string mark_at(std::size_t place) {
    std::string mark = "[mark@";
    for (int shift = 20; shift >= 0; shift -= 4) mark += "0123456789abcdef"[place >> shift & 15];
    return mark + "~~~]";
}

enum class Endian { little, big };

class Image {
public:
    explicit Image(std::size_t size, Endian endian = Endian::little) : endian_(endian) {
        for (std::size_t at = 0; at < size; at += mark_length) octets_ += mark_at(at);
    }
    void put(std::size_t at, std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t place = endian_ == Endian::little ? i : size - 1 - i;
            octets_[at + place] = static_cast<char>(value >> 8 * i);
        }
    }
    void put(std::size_t at, std::string_view text) { octets_.replace(at, text.size(), text); }
    void clear(std::size_t at, std::size_t size) { put(at, std::string(size, '\0')); }
    std::string& octets() { return octets_; }

private:
    std::string octets_;
    Endian endian_;
};

struct PeSectionSpec {
    std::uint32_t memory_size, address, size, begin;
};

struct PeSpec {
    bool wide = false;
    std::uint32_t memory_unit = 0x1000, file_unit = 0x200;
    std::uint32_t entry = 0x1010;
    std::uint32_t headers = 0x400;
    std::vector<PeSectionSpec> sections{{0x200, 0x1000, 0x200, 0x400},
                                        {0x200, 0x2000, 0x200, 0x600}};
    std::uint32_t directories = 16;
    std::uint32_t import_address = 0, import_size = 0;
    std::uint32_t resource_address = 0, resource_size = 0;
    std::size_t file_size = 0x1000;
};

inline Image pe_image(const PeSpec& spec) {
    Image image(spec.file_size);
    constexpr std::size_t coff = 0x80;
    image.clear(0, 0x300);
    image.put(0, "MZ");
    image.put(0x3c, coff, 4);
    image.put(coff, "PE");
    image.put(coff + 4, spec.wide ? 0x8664 : 0x14c, 2);
    image.put(coff + 6, spec.sections.size(), 2);
    const std::size_t fixed = spec.wide ? 112 : 96;
    image.put(coff + 20, fixed + 8 * 16, 2);
    image.put(coff + 22, 0x102, 2);
    const std::size_t optional = coff + 24;
    image.put(optional, spec.wide ? 0x20b : 0x10b, 2);
    image.put(optional + 16, spec.entry, 4);
    image.put(optional + 32, spec.memory_unit, 4);
    image.put(optional + 36, spec.file_unit, 4);
    image.put(optional + 60, spec.headers, 4);
    image.put(optional + 68, 3, 2);
    image.put(optional + fixed - 4, spec.directories, 4);
    image.put(optional + fixed + 8, spec.import_address, 4);
    image.put(optional + fixed + 12, spec.import_size, 4);
    image.put(optional + fixed + 16, spec.resource_address, 4);
    image.put(optional + fixed + 20, spec.resource_size, 4);
    std::size_t row = optional + fixed + 8 * 16;
    for (const PeSectionSpec& section : spec.sections) {
        image.put(row, ".sec");
        image.put(row + 8, section.memory_size, 4);
        image.put(row + 12, section.address, 4);
        image.put(row + 16, section.size, 4);
        image.put(row + 20, section.begin, 4);
        image.put(row + 36, 0x60000020, 4);
        row += 40;
    }
    return image;
}

struct ElfSection {
    std::uint64_t begin, size;
};

struct ElfSpec {
    bool wide = true;
    Endian endian = Endian::little;
    std::uint64_t entry = 0x400410;
    std::uint64_t address = 0x400000, begin = 0, memory = 0x1000;  // the one segment
    std::uint64_t segments = 1;
    std::vector<ElfSection> sections{{0, 0}, {0x400, 0x80}, {0x500, 0x120}};
    std::size_t file_size = 0x1000;
};

inline Image elf_image(const ElfSpec& spec) {
    Image image(spec.file_size, spec.endian);
    const bool wide = spec.wide;
    const std::size_t address = wide ? 8 : 4;
    image.clear(0, 0x300);
    image.put(0, std::string_view("\x7f" "ELF"));
    image.put(4, wide ? 2 : 1, 1);
    image.put(5, spec.endian == Endian::little ? 1 : 2, 1);
    image.put(6, 1, 1);
    image.put(16, 2, 2);
    image.put(20, 1, 4);
    const std::size_t fields = 24 + 3 * address + 4;  // behind the flags
    image.put(24, spec.entry, address);
    image.put(24 + address, 0x80, address);
    image.put(24 + 2 * address, 0x100, address);
    image.put(fields, wide ? 64 : 52, 2);
    image.put(fields + 2, wide ? 56 : 32, 2);
    image.put(fields + 4, spec.segments, 2);
    image.put(fields + 6, wide ? 64 : 40, 2);
    image.put(fields + 8, spec.sections.size(), 2);
    image.put(0x80, 1, 4);
    image.put(0x80 + (wide ? 8 : 4), spec.begin, address);
    image.put(0x80 + (wide ? 16 : 8), spec.address, address);
    image.put(0x80 + (wide ? 32 : 16), spec.memory, address);
    image.put(0x80 + (wide ? 40 : 20), spec.memory, address);
    for (std::size_t i = 0; i < spec.sections.size(); ++i) {
        const std::size_t row = 0x100 + i * (wide ? 64 : 40);
        image.put(row + (wide ? 24 : 16), spec.sections[i].begin, address);
        image.put(row + (wide ? 32 : 20), spec.sections[i].size, address);
    }
    return image;
}

struct MachoSection {
    std::uint64_t address, size;
    std::uint32_t begin, align;
};

struct MachoSpec {
    bool wide = false;
    Endian endian = Endian::little;
    std::uint32_t processor = 7;
    std::uint64_t thread_entry = 0;  // 0: no thread command
    std::vector<MachoSection> sections{{0x1000, 0x105, 0x400, 4}, {0x2000, 0x90, 0x600, 2}};
    std::size_t file_size = 0x1000;
};

inline Image macho_image(const MachoSpec& spec) {
    Image image(spec.file_size, spec.endian);
    const bool wide = spec.wide;
    const std::size_t address = wide ? 8 : 4;
    image.clear(0, 0x400);
    image.put(0, wide ? 0xfeedfacf : 0xfeedface, 4);
    image.put(4, spec.processor, 4);
    image.put(12, 2, 4);
    image.put(16, spec.thread_entry != 0 ? 2 : 1, 4);
    std::size_t at = wide ? 32 : 28;
    const std::size_t row = wide ? 80 : 68;
    image.put(at, wide ? 0x19 : 1, 4);
    image.put(at + 4, (wide ? 72 : 56) + row * spec.sections.size(), 4);
    image.put(at + 8, "__TEXT");
    image.put(at + (wide ? 64 : 48), spec.sections.size(), 4);
    at += wide ? 72 : 56;
    for (const MachoSection& section : spec.sections) {
        image.put(at, "__text");
        image.put(at + 32, section.address, address);
        image.put(at + 32 + address, section.size, address);
        image.put(at + 32 + 2 * address, section.begin, 4);
        image.put(at + 36 + 2 * address, section.align, 4);
        at += row;
    }
    if (spec.thread_entry != 0) {
        const std::size_t state = spec.processor == 7 ? 64 : spec.processor == 18 ? 160 : 312;
        image.put(at, 5, 4);
        image.put(at + 4, 16 + state, 4);
        image.put(at + 16, spec.thread_entry, spec.processor == (18 | 0x1000000) ? 8 : 4);
    }
    return image;
}

}  // namespace postern::signatures::tests
