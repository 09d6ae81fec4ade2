// SPDX-License-Identifier: Apache-2.0
// Load commands are walked once, in order. The only entry points are those of PowerPC threads, as
// ClamAV has it: of every other file the entry point is its first octet.
#include "signatures/executable/macho.h"

#include "signatures/executable/view.h"

namespace postern::signatures::executable {

namespace {

constexpr std::uint32_t most_commands = 1024;
constexpr std::uint32_t most_sections_of_segment = 255;
constexpr std::uint32_t widest_alignment = 32;

constexpr std::uint32_t segment32 = 0x01;
constexpr std::uint32_t segment64 = 0x19;
constexpr std::uint32_t thread = 0x04;
constexpr std::uint32_t unix_thread = 0x05;

// The processors whose thread commands are read.
constexpr std::uint32_t x86 = 7;
constexpr std::uint32_t power_pc = 18;
constexpr std::uint32_t power_pc64 = 18 | 0x1000000;

// Where the fields stand, counted from behind the command's own two words.
struct Shape {
    std::size_t address;
    std::uint64_t header, segment, section_count;
    std::uint64_t section, section_address, section_size, section_offset, section_align;
};
constexpr Shape shape32{4, 28, 48, 40, 68, 32, 36, 40, 44};
constexpr Shape shape64{8, 32, 64, 56, 80, 32, 40, 48, 52};

struct Mapped {
    std::uint32_t address = 0;
    std::uint32_t size = 0;
    std::uint32_t begin = 0;
};

class Reader {
public:
    Reader(const View& view, bool wide)
        : view_(view), wide_(wide), shape_(wide ? shape64 : shape32), processor_(view.word(4)) {}

    std::optional<ExecutableLayout> read() {
        const std::uint32_t count = view_.word(16);
        if (!view_.has(0, shape32.header) || count == 0 || count > most_commands) {
            return std::nullopt;
        }
        at_ = shape_.header;
        for (std::uint32_t i = 0; i < count; ++i) {
            if (!read_command()) return std::nullopt;
        }
        if (!find_entry()) return std::nullopt;
        return layout_;
    }

private:
    bool read_command() {
        if (!view_.has(at_, 8)) return false;
        const std::uint32_t command = view_.word(at_);
        const std::uint32_t size = view_.word(at_ + 4);
        at_ += 8;
        if (command == (wide_ ? segment64 : segment32)) return read_segment();
        const bool known = processor_ == x86 || processor_ == power_pc || processor_ == power_pc64;
        if (known && (command == thread || command == unix_thread)) return read_thread();
        if (size > 8) at_ += size - 8;
        return true;
    }

    bool read_segment() {
        if (!view_.has(at_, shape_.segment)) return false;
        const std::uint32_t count = view_.word(at_ + shape_.section_count);
        at_ += shape_.segment;
        if (count > most_sections_of_segment) return false;
        for (std::uint32_t i = 0; i < count; ++i) {
            if (!read_section()) return false;
        }
        return true;
    }

    // A section's size in the file is its size in memory, filled up to its alignment.
    bool read_section() {
        if (!view_.has(at_, shape_.section)) return false;
        const std::uint32_t align = view_.word(at_ + shape_.section_align);
        if (align >= widest_alignment) return false;
        const auto address = static_cast<std::uint32_t>(
            view_.number(at_ + shape_.section_address, shape_.address));
        const auto size =
            static_cast<std::uint32_t>(view_.number(at_ + shape_.section_size, shape_.address));
        const std::uint32_t begin = view_.word(at_ + shape_.section_offset);
        const std::uint32_t unit = std::uint32_t{1} << align;
        map_.push_back({address, size, begin});
        layout_.sections.push_back({begin, size + (unit - size % unit) % unit});
        at_ += shape_.section;
        return true;
    }

    // The state's length goes by the processor, whatever the command says of itself.
    bool read_thread() {
        at_ += 8;
        const std::uint64_t length = processor_ == x86 ? 64 : processor_ == power_pc ? 160 : 312;
        if (!view_.has(at_, length)) return false;
        if (processor_ == power_pc) entry_ = view_.word(at_);
        if (processor_ == power_pc64) entry_ = static_cast<std::uint32_t>(view_.wide(at_));
        at_ += length;
        return true;
    }

    bool find_entry() {
        layout_.entry_point = entry_;
        if (entry_ == 0 || map_.empty()) return true;
        for (const Mapped& one : map_) {
            if (entry_ < one.address || entry_ - one.address >= one.size) continue;
            layout_.entry_point = static_cast<std::uint32_t>(entry_ - one.address + one.begin);
            return true;
        }
        return false;
    }

    const View& view_;
    bool wide_;
    const Shape& shape_;
    std::uint32_t processor_;
    std::uint64_t at_ = 0;
    std::uint32_t entry_ = 0;
    std::vector<Mapped> map_;
    ExecutableLayout layout_;
};

}  // namespace

bool is_macho(std::span<const std::byte> content) {
    const std::uint32_t little = View(content, Order::little).word(0);
    const std::uint32_t big = View(content, Order::big).word(0);
    return (little | 1) == 0xfeedfacf || (big | 1) == 0xfeedfacf;
}

std::optional<ExecutableLayout> read_macho(std::span<const std::byte> content) {
    const std::uint32_t magic = View(content, Order::little).word(0);
    const View view(content, (magic | 1) == 0xfeedfacf ? Order::little : Order::big);
    return Reader(view, view.word(0) == 0xfeedfacf).read();
}

}  // namespace postern::signatures::executable
