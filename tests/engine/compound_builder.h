// SPDX-License-Identifier: Apache-2.0
// Small OLE2 compound files: streams by name, below 4,096 octets in small sectors, as Office writes them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace postern::tests {

class CompoundBuilder {
public:
    void add(std::string name, std::string octets) { streams_.emplace_back(std::move(name), std::move(octets)); }

    // `scattered`: each stream's sectors lie backwards in the file.
    std::string take(bool scattered = false) {
        std::string small;
        std::vector<std::uint32_t> small_table;
        std::string entries;
        for (const auto& [name, octets] : streams_) {
            const bool is_small = octets.size() < border;
            const std::uint32_t first = is_small ? store(octets, 64, small, small_table, scattered)
                                                 : store(octets, 512, body_, table_, scattered);
            entries += entry(name, 2, first, octets.size());
        }
        const std::uint32_t root = store(small, 512, body_, table_, scattered);
        entries = entry("Root Entry", 5, root, small.size()) + entries;
        const std::uint32_t directory = store(entries, 512, body_, table_, scattered);
        std::string numbers;
        for (const std::uint32_t n : small_table) append(numbers, n, 4);
        const std::uint32_t small_places = store(numbers, 512, body_, table_, scattered);
        return header(directory, small_places) + body_ + table();
    }

private:
    static constexpr std::size_t border = 4096;
    static constexpr std::uint32_t end_of_chain = 0xfffffffe, no_sector = 0xffffffff;

    static void append(std::string& text, std::uint64_t value, std::size_t octets) {
        for (std::size_t i = 0; i < octets; ++i) text += static_cast<char>(value >> 8 * i);
    }

    static std::uint32_t store(const std::string& octets, std::size_t size, std::string& body,
                               std::vector<std::uint32_t>& table, bool scattered) {
        const auto before = static_cast<std::uint32_t>(table.size());
        const auto count = static_cast<std::uint32_t>((octets.size() + size - 1) / size);
        if (count == 0) return end_of_chain;
        table.resize(before + count);
        body.resize((before + count) * size);
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto place = [&](std::uint32_t n) { return before + (scattered ? count - 1 - n : n); };
            const std::string piece = octets.substr(i * size, size);
            body.replace(place(i) * size, piece.size(), piece);
            table[place(i)] = i + 1 == count ? end_of_chain : place(i + 1);
        }
        return before + (scattered ? count - 1 : 0);
    }

    static std::string entry(const std::string& name, char kind, std::uint32_t first, std::size_t size) {
        std::string text;
        for (const char c : name) append(text, static_cast<unsigned char>(c), 2);
        text.resize(64);
        append(text, 2 * name.size() + 2, 2);
        text += kind;
        text.resize(116);
        append(text, first, 4);
        append(text, size, 8);
        return text;
    }

    // The table tells of its own sector too; one is enough here.
    std::string table() const {
        std::string text;
        for (const std::uint32_t n : table_) append(text, n, 4);
        append(text, 0xfffffffd, 4);
        text.resize(512, '\xff');
        return text;
    }

    std::string header(std::uint32_t directory, std::uint32_t small_places) const {
        std::string text("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
        text.resize(24);
        for (const std::uint64_t half : {0x3eU, 3U, 0xfffeU, 9U, 6U}) append(text, half, 2);
        text.resize(44);
        append(text, 1, 4);
        append(text, directory, 4);
        append(text, 0, 4);
        append(text, border, 4);
        for (const std::uint32_t word : {small_places, 1U, end_of_chain, 0U}) append(text, word, 4);
        append(text, table_.size(), 4);  // where the table lies: behind all else
        while (text.size() < 512) append(text, no_sector, 4);
        return text;
    }

    std::vector<std::pair<std::string, std::string>> streams_;
    std::string body_;
    std::vector<std::uint32_t> table_;
};

}  // namespace postern::tests
