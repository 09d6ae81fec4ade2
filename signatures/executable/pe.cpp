// SPDX-License-Identifier: Apache-2.0
// Three headers one behind the other: COFF, optional, sections. Everything is checked for being
// there before it is believed to say anything.
#include "signatures/executable/pe.h"

#include <algorithm>

namespace postern::signatures::executable {

namespace {

constexpr std::uint64_t coff_length = 24;
constexpr std::uint64_t row_length = 40;
constexpr std::uint32_t sector = 0x200;

std::uint32_t rounded_down(std::uint32_t value, std::uint32_t unit) {
    return unit == 0 ? value : value / unit * unit;
}

// Wraps as 32 bits do: the sum is then nowhere in the file.
std::uint32_t rounded_up(std::uint32_t value, std::uint32_t unit) {
    return unit == 0 ? value : (value / unit + (value % unit != 0)) * unit;
}

class Reader {
public:
    explicit Reader(const View& view) : view_(view), file_size_(view.size()) {}

    std::optional<PeHeaders> read() {
        if (!read_coff() || !read_optional() || !read_sections()) return std::nullopt;
        const auto entry = pe_.place_of(entry_address_, file_size_);
        if (!entry) return std::nullopt;
        pe_.entry = *entry;
        return std::move(pe_);
    }

private:
    bool read_coff() {
        const std::uint32_t magic = view_.half(0);
        coff_ = view_.word(0x3c);
        if ((magic != 0x5a4d && magic != 0x4d5a) || coff_ == 0) return false;
        if (!view_.has(coff_, coff_length) || view_.word(coff_) != 0x00004550) return false;
        section_count_ = view_.half(coff_ + 6);
        optional_length_ = view_.half(coff_ + 20);
        return section_count_ != 0;
    }

    bool read_optional() {
        const std::uint64_t at = coff_ + coff_length;
        pe_.wide = view_.half(at) == 0x020b;
        const std::uint64_t length = pe_.wide ? 112 : 96;
        if (optional_length_ < length || !view_.has(at, length)) return false;
        entry_address_ = view_.word(at + 16);
        memory_unit_ = view_.word(at + 32);
        file_unit_ = view_.word(at + 36);
        pe_.headers_end = rounded_up(view_.word(at + 60), memory_unit_);
        pe_.directory_count = std::min<std::size_t>(view_.word(at + length - 4),
                                                    pe_.directories.size());
        const std::uint64_t directories = 8 * pe_.directory_count;
        if (optional_length_ < length + directories || !view_.has(at + length, directories)) {
            return false;
        }
        for (std::size_t i = 0; i < pe_.directory_count; ++i) {
            pe_.directories[i] = {view_.word(at + length + 8 * i),
                                  view_.word(at + length + 8 * i + 4)};
        }
        return true;
    }

    bool read_sections() {
        const std::uint64_t table = coff_ + coff_length + optional_length_;
        if (!view_.has(table, section_count_ * row_length)) return false;
        choose_file_unit(table);
        pe_.sections.reserve(section_count_);
        for (std::uint32_t i = 0; i < section_count_; ++i) {
            if (!read_section(table + i * row_length)) return false;
        }
        return true;
    }

    // One section that lies on a sector, but on no unit of the header's, shows that the file is
    // laid out by sectors.
    void choose_file_unit(std::uint64_t table) {
        for (std::uint32_t i = 0; i < section_count_ && file_unit_ != 0; ++i) {
            const std::uint64_t row = table + i * row_length;
            const std::uint32_t begin = view_.word(row + 20);
            if (view_.word(row + 16) != 0 && begin % file_unit_ != 0 && begin % sector == 0) {
                file_unit_ = sector;
            }
        }
    }

    // What lies outside the file is not there; what reaches over its end is cut.
    bool read_section(std::uint64_t row) {
        const std::uint32_t address = view_.word(row + 12);
        const std::uint32_t begin = view_.word(row + 20);
        const std::uint32_t size = view_.word(row + 16);
        PeSection section{rounded_down(address, memory_unit_), rounded_down(begin, file_unit_),
                          rounded_up(size, file_unit_)};
        if (section.size == 0 && size >> 31 != 0) return false;
        if (address >> 31 != 0 || view_.word(row + 8) >> 31 != 0) return false;
        if (section.begin >= file_size_ || begin >= file_size_) {
            section.size = 0;
        } else if (section.size > file_size_ - section.begin) {
            section.size = static_cast<std::uint32_t>(file_size_ - section.begin);
        }
        pe_.sections.push_back(section);
        return true;
    }

    const View& view_;
    std::uint64_t file_size_;
    std::uint64_t coff_ = 0;
    std::uint32_t section_count_ = 0;
    std::uint32_t optional_length_ = 0;
    std::uint32_t entry_address_ = 0;
    std::uint32_t memory_unit_ = 0;
    std::uint32_t file_unit_ = 0;
    PeHeaders pe_;
};

}  // namespace

// The last section that holds the address is taken.
std::optional<std::uint32_t> PeHeaders::place_of(std::uint32_t address,
                                                 std::uint64_t file_size) const {
    if (address < headers_end) {
        if (address >= file_size) return std::nullopt;
        return address;
    }
    for (auto section = sections.rbegin(); section != sections.rend(); ++section) {
        if (section->size != 0 && section->address <= address &&
            address - section->address < section->size) {
            return address - section->address + section->begin;
        }
    }
    return std::nullopt;
}

std::optional<PeHeaders> read_pe(const View& view) {
    return Reader(view).read();
}

}  // namespace postern::signatures::executable
