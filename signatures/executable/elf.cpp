// SPDX-License-Identifier: Apache-2.0
// Entry points go by segments: they are what a loader maps, and a stripped file has no sections.
// Sections count from the null section, as ClamAV numbers them.
#include "signatures/executable/elf.h"

#include "signatures/executable/view.h"

namespace postern::signatures::executable {

namespace {

// The limits and sizes beyond which ClamAV takes a file for broken.
constexpr std::uint32_t most_segments = 128;
constexpr std::uint32_t most_elf_sections = 256;

// Where the fields stand in files of 32 and of 64 bits.
struct Shape {
    std::size_t address;  // octets of one
    std::uint64_t header, entry, program_table, section_table, program_size, program_count,
        section_size, section_count;
    std::uint64_t program_row, program_offset, program_address, program_memory;
    std::uint64_t section_row, section_offset, section_bytes;
};

constexpr Shape shape32{4, 52, 24, 28, 32, 42, 44, 46, 48, 32, 4, 8, 20, 40, 16, 20};
constexpr Shape shape64{8, 64, 24, 32, 40, 54, 56, 58, 60, 56, 8, 16, 40, 64, 24, 32};

class Reader {
public:
    Reader(const View& view, const Shape& shape) : view_(view), shape_(shape) {}

    std::optional<ExecutableLayout> read() {
        if (!view_.has(0, shape_.header) || !read_entry() || !read_sections()) return std::nullopt;
        return layout_;
    }

private:
    std::uint64_t address(std::uint64_t at) const { return view_.number(at, shape_.address); }

    // A file without segments or without an entry address begins at its first octet.
    bool read_entry() {
        layout_.entry_point = 0;
        const std::uint32_t count = view_.half(shape_.program_count);
        const std::uint64_t entry = address(shape_.entry);
        if (count > most_segments) return false;
        if (count == 0 || entry == 0) return true;
        const std::uint64_t table = address(shape_.program_table);
        if (view_.half(shape_.program_size) != shape_.program_row) return false;
        if (!view_.has(table, count * shape_.program_row)) return false;
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint64_t row = table + i * shape_.program_row;
            const std::uint64_t begin = address(row + shape_.program_address);
            if (entry < begin || entry - begin >= address(row + shape_.program_memory)) continue;
            // ClamAV keeps 32 bits of it.
            layout_.entry_point = static_cast<std::uint32_t>(
                entry - begin + address(row + shape_.program_offset));
            return true;
        }
        return false;
    }

    bool read_sections() {
        const std::uint32_t count = view_.half(shape_.section_count);
        const std::uint64_t table = address(shape_.section_table);
        if (count > most_elf_sections) return false;
        if (view_.half(shape_.section_size) != shape_.section_row) return false;
        if (count != 0 && !view_.has(table, count * shape_.section_row)) return false;
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint64_t row = table + i * shape_.section_row;
            layout_.sections.push_back(
                {static_cast<std::uint32_t>(address(row + shape_.section_offset)),
                 static_cast<std::uint32_t>(address(row + shape_.section_bytes))});
        }
        return true;
    }

    const View& view_;
    const Shape& shape_;
    ExecutableLayout layout_;
};

}  // namespace

std::optional<ExecutableLayout> read_elf(std::span<const std::byte> content) {
    const View ident(content, Order::little);
    const std::uint64_t width = ident.number(4, 1);
    if (width != 1 && width != 2) return std::nullopt;
    const View view(content, ident.number(5, 1) == 1 ? Order::little : Order::big);
    return Reader(view, width == 2 ? shape64 : shape32).read();
}

}  // namespace postern::signatures::executable
