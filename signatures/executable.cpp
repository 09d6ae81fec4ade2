// SPDX-License-Identifier: Apache-2.0
// A View reads numbers at offsets and gives zero outside the content, so that no header field has
// to be trusted before it is used: a lie leads to an empty layout or a place that is not there.
#include "signatures/executable.h"

#include <algorithm>
#include <limits>

namespace postern::signatures {

namespace {

enum class Order { little, big };

class View {
public:
    View(std::span<const std::byte> octets, Order order) : octets_(octets), order_(order) {}

    // Outside the content there are only zeros; half a number is none.
    std::uint64_t number(std::uint64_t at, std::size_t size) const {
        if (at > octets_.size() || octets_.size() - at < size) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t place = order_ == Order::big ? i : size - 1 - i;
            value = value << 8 | static_cast<std::uint64_t>(octets_[at + place]);
        }
        return value;
    }
    std::uint64_t half(std::uint64_t at) const { return number(at, 2); }
    std::uint64_t word(std::uint64_t at) const { return number(at, 4); }
    std::size_t size() const { return octets_.size(); }

private:
    std::span<const std::byte> octets_;
    Order order_;
};

struct Mapped {
    std::uint64_t address = 0;  // in memory
    std::uint64_t extent = 0;
    std::uint64_t begin = 0;  // in the file
    std::uint64_t size = 0;
};

// Where an address in memory comes from in the file; the first mapping that holds it wins.
std::optional<std::int64_t> file_offset(const std::vector<Mapped>& map, std::uint64_t address) {
    for (const Mapped& one : map) {
        if (address >= one.address && address - one.address < one.extent) {
            const std::uint64_t offset = one.begin + (address - one.address);
            if (offset > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
            return static_cast<std::int64_t>(offset);
        }
    }
    return std::nullopt;
}

// A section whose place in the file has more than 32 bits cannot be in a content of ours.
void add_section(ExecutableLayout& layout, std::uint64_t begin, std::uint64_t size) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    layout.sections.push_back({static_cast<std::int64_t>(std::min(begin, most)),
                               static_cast<std::uint32_t>(std::min(size, most))});
}

ExecutableLayout read_pe(const View& view) {
    ExecutableLayout layout;
    const std::uint64_t pe = view.word(0x3c);
    if (view.word(pe) != 0x00004550) return layout;
    const std::uint64_t optional = pe + 24;
    const std::uint64_t table = optional + view.half(pe + 20);
    const std::uint64_t entry = view.word(optional + 16);
    const std::uint64_t count = std::min<std::uint64_t>(view.half(pe + 6), most_sections);
    std::vector<Mapped> map;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t row = table + 40 * i;
        if (row + 40 > view.size()) break;
        // The loader rounds the place in the file down to whole sectors.
        const Mapped one{view.word(row + 12), std::max(view.word(row + 8), view.word(row + 16)),
                         view.word(row + 20) & ~std::uint64_t{0x1ff}, view.word(row + 16)};
        map.push_back(one);
        add_section(layout, one.begin, one.size);
    }
    layout.entry_point = file_offset(map, entry);
    // Before the first section, memory and file are the same.
    const bool in_header = !map.empty() && entry < map.front().address;
    if (!layout.entry_point && in_header) layout.entry_point = static_cast<std::int64_t>(entry);
    return layout;
}

// Where the fields stand in files of 32 and of 64 bits.
struct ElfShape {
    std::size_t wide;  // octets of an address
    std::uint64_t entry, program_table, section_table, program_size, program_count, section_size,
        section_count;
    std::uint64_t program_offset, program_address, program_file, program_memory;
    std::uint64_t section_offset, section_bytes;
};

constexpr ElfShape elf32{4, 24, 28, 32, 42, 44, 46, 48, 4, 8, 16, 20, 16, 20};
constexpr ElfShape elf64{8, 24, 32, 40, 54, 56, 58, 60, 8, 16, 32, 40, 24, 32};

// Segments, not sections: they are what a loader maps, and a stripped file has no sections.
std::vector<Mapped> read_segments(const View& view, const ElfShape& shape) {
    constexpr std::uint64_t loaded = 1;
    std::vector<Mapped> map;
    const std::uint64_t table = view.number(shape.program_table, shape.wide);
    const std::uint64_t step = view.half(shape.program_size);
    const std::uint64_t count =
        std::min<std::uint64_t>(view.half(shape.program_count), most_sections);
    for (std::uint64_t i = 0; i < count && table < view.size(); ++i) {
        const std::uint64_t row = table + i * step;
        if (view.word(row) != loaded) continue;
        map.push_back({view.number(row + shape.program_address, shape.wide),
                       view.number(row + shape.program_memory, shape.wide),
                       view.number(row + shape.program_offset, shape.wide),
                       view.number(row + shape.program_file, shape.wide)});
    }
    return map;
}

// The null section counts: ClamAV numbers sections with it.
ExecutableLayout read_elf(const View& view, const ElfShape& shape) {
    ExecutableLayout layout;
    layout.entry_point =
        file_offset(read_segments(view, shape), view.number(shape.entry, shape.wide));
    const std::uint64_t table = view.number(shape.section_table, shape.wide);
    const std::uint64_t step = view.half(shape.section_size);
    const std::uint64_t count =
        std::min<std::uint64_t>(view.half(shape.section_count), most_sections);
    for (std::uint64_t i = 0; i < count && table < view.size(); ++i) {
        const std::uint64_t row = table + i * step;
        add_section(layout, view.number(row + shape.section_offset, shape.wide),
                    view.number(row + shape.section_bytes, shape.wide));
    }
    return layout;
}

}  // namespace

ExecutableLayout read_layout(std::span<const std::byte> content) {
    const View little(content, Order::little);
    if (little.half(0) == 0x5a4d) return read_pe(little);
    if (little.word(0) != 0x464c457f) return {};
    const View view(content, little.number(5, 1) == 2 ? Order::big : Order::little);
    return read_elf(view, little.number(4, 1) == 2 ? elf64 : elf32);
}

}  // namespace postern::signatures
