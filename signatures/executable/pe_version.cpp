// SPDX-License-Identifier: Apache-2.0
// The version information of a PE: a resource tree (type, name, language), in whose leaf lies a
// tree of blocks (VS_VERSION_INFO, StringFileInfo, string tables, strings). Each block states its
// length; one that is longer than what holds it ends the reading.
#include "signatures/executable/pe.h"

#include <algorithm>

namespace postern::signatures::executable {

namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t version_type = 16;
constexpr std::uint32_t branch = 0x80000000u;
constexpr std::size_t most_resources = 16;
// A hostile tree names its branches many times over.
constexpr std::size_t most_entries = std::size_t{1} << 18;

constexpr auto version_info_key = "V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0\0"sv;
constexpr auto string_info_key = "S\0t\0r\0i\0n\0g\0F\0i\0l\0e\0I\0n\0f\0o\0\0\0"sv;
constexpr auto var_info_key = "V\0a\0r\0F\0i\0l\0e\0I\0n\0f\0o\0\0\0"sv;
constexpr std::uint32_t block_header = 6;  // before the key
constexpr std::uint32_t fixed_info = 0x34;
constexpr std::uint32_t fixed_info_magic = 0xfeef04bd;
constexpr std::uint32_t table_header = 24;
constexpr std::uint32_t least_string = 16;

class Reader {
public:
    Reader(const PeHeaders& pe, const View& view) : pe_(pe), view_(view) {}

    std::vector<std::uint32_t> read() {
        find_resources();
        for (const std::uint32_t leaf : leaves_) read_leaf(leaf);
        std::sort(found_.begin(), found_.end());
        found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
        return std::move(found_);
    }

private:
    std::optional<std::uint32_t> place_of(std::uint32_t address) const {
        return pe_.place_of(address, view_.size());
    }
    // A directory of the tree, at an address counted from its root.
    std::optional<std::uint32_t> directory_at(std::uint32_t offset) const {
        const auto place = place_of(root_ + offset);
        return place && view_.has(*place, 16) ? place : std::nullopt;
    }
    bool another_entry(std::uint64_t at) { return view_.has(at, 8) && ++entries_ <= most_entries; }
    std::uint32_t length_at(std::uint64_t at) const { return view_.half(at); }
    bool key_at(std::uint64_t at, std::string_view key) const {
        return view_.text(at + block_header, key.size()) == key;
    }

    void find_resources() {
        const PeDirectory& resources = pe_.directories[resource_directory];
        if (pe_.directory_count <= resource_directory || resources.size == 0) return;
        root_ = resources.address;
        const auto types = directory_at(0);
        if (!types) return;
        // Types with names stand before those with numbers.
        std::uint64_t entry = *types + 16 + 8 * std::uint64_t{view_.half(*types + 12)};
        for (std::uint32_t i = view_.half(*types + 14); i > 0; --i, entry += 8) {
            if (!another_entry(entry)) return;
            const std::uint32_t offset = view_.word(entry + 4);
            if (view_.word(entry) == version_type && (offset & branch) != 0) {
                return find_names(offset & ~branch);
            }
        }
    }

    std::uint32_t entries_of(std::uint32_t directory) const {
        return view_.half(directory + 12) + view_.half(directory + 14);
    }

    void find_names(std::uint32_t offset) {
        const auto names = directory_at(offset);
        if (!names) return;
        // ClamAV counts with 16 bits here.
        std::uint64_t entry = *names + 16;
        for (std::uint32_t i = entries_of(*names) & 0xffff; i > 0; --i, entry += 8) {
            if (!another_entry(entry)) return;
            const std::uint32_t next = view_.word(entry + 4);
            if ((next & branch) != 0 && !find_languages(next & ~branch)) return;
        }
    }

    bool find_languages(std::uint32_t offset) {
        const auto languages = directory_at(offset);
        if (!languages) return false;
        std::uint64_t entry = *languages + 16;
        for (std::uint32_t i = entries_of(*languages) & 0xffff; i > 0; --i, entry += 8) {
            if (!another_entry(entry)) return false;
            const std::uint32_t leaf = view_.word(entry + 4);
            if ((leaf & branch) != 0) continue;
            leaves_.push_back(root_ + leaf);
            if (leaves_.size() == most_resources) return false;
        }
        return true;
    }

    void read_leaf(std::uint32_t address) {
        const auto leaf = place_of(address);
        if (!leaf || !view_.has(*leaf, 16)) return;
        const std::uint32_t size = view_.word(*leaf + 4);
        const auto place = place_of(view_.word(*leaf));
        if (!place || !view_.has(*place, size) || size <= 4) return;
        const std::uint64_t at = *place;
        const std::uint32_t length = length_at(at);
        constexpr std::uint32_t head = block_header + 0x20 + 2 + fixed_info;
        if (length > size || length <= head || view_.half(at + 2) != fixed_info) return;
        if (!key_at(at, version_info_key) || view_.word(at + 0x28) != fixed_info_magic) return;
        read_children(at + head, length - head);
    }

    // VarFileInfo may stand before StringFileInfo, once.
    void read_children(std::uint64_t at, std::uint32_t left) {
        bool skipped = false;
        while (left > block_header) {
            const std::uint32_t length = length_at(at);
            if (length > left) return;
            if (!skipped && length > block_header + var_info_key.size() &&
                key_at(at, var_info_key)) {
                skipped = true;
                at += length;
                left -= length;
                continue;
            }
            const auto head = static_cast<std::uint32_t>(block_header + string_info_key.size());
            if (length <= head || !key_at(at, string_info_key)) return;
            return read_tables(at + head, length - head);
        }
    }

    void read_tables(std::uint64_t at, std::uint32_t left) {
        while (left > block_header) {
            const std::uint32_t length = length_at(at);
            if (length > left || length <= table_header) return;
            if (!read_strings(at + table_header, length - table_header)) return;
            at += length;
            left -= length;
        }
    }

    bool read_strings(std::uint64_t at, std::uint32_t left) {
        while (left > block_header) {
            const std::uint32_t length = (length_at(at) + 3) & ~3u;
            if (length > left || length <= least_string) return false;
            const std::uint32_t key_end = (end_of_key(at, length) + 3) & ~3u;
            // A string without a value is none.
            if (key_end < length && length - key_end > 2) {
                found_.push_back(static_cast<std::uint32_t>(at + block_header));
            }
            at += length;
            left -= length;
        }
        return true;
    }

    std::uint32_t end_of_key(std::uint64_t at, std::uint32_t length) const {
        std::uint32_t end = block_header;
        for (; end + 1 < length; end += 2) {
            if (view_.half(at + end) == 0) return end + 2;
        }
        return end;
    }

    const PeHeaders& pe_;
    const View& view_;
    std::uint32_t root_ = 0;
    std::size_t entries_ = 0;
    std::vector<std::uint32_t> leaves_;
    std::vector<std::uint32_t> found_;
};

}  // namespace

std::vector<std::uint32_t> version_strings(const PeHeaders& pe, const View& view) {
    return Reader(pe, view).read();
}

}  // namespace postern::signatures::executable
