// SPDX-License-Identifier: Apache-2.0
// A hash table with open addressing, filled at compile time: "&nbsp;" stands in every HTML mail.
#include "engine/html/entities.h"

#include <array>
#include <cstddef>

namespace postern::engine::html {

namespace {

struct Row {
    std::string_view name;
    std::uint16_t code_point;
};

constexpr Row rows[] = {
#include "engine/html/entities.inc"
};

constexpr std::size_t slots = 2048;
constexpr std::size_t longest_name = 8;

constexpr std::size_t slot_of(std::string_view name) {
    std::uint32_t hash = 2166136261;
    for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619;
    return (hash ^ hash >> 15) % slots;
}

// In each slot the number of a row counted from 1; 0 is empty.
constexpr std::array<std::uint16_t, slots> make_table() {
    std::array<std::uint16_t, slots> table{};
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        std::size_t slot = slot_of(rows[i].name);
        while (table[slot] != 0) slot = (slot + 1) % slots;
        table[slot] = static_cast<std::uint16_t>(i + 1);
    }
    return table;
}

constexpr std::array<std::uint16_t, slots> table = make_table();

constexpr bool names_are_short() {
    for (const Row& row : rows) {
        if (row.name.size() > longest_name) return false;
    }
    return true;
}

static_assert(names_are_short());
static_assert(std::size(rows) < slots / 2);

}  // namespace

std::uint16_t entity(std::string_view name) {
    if (name.size() > longest_name) return 0;
    for (std::size_t slot = slot_of(name); table[slot] != 0; slot = (slot + 1) % slots) {
        const Row& row = rows[table[slot] - 1];
        if (row.name == name) return row.code_point;
    }
    return 0;
}

}  // namespace postern::engine::html
