// SPDX-License-Identifier: Apache-2.0
// Two tables, searched by number.
#include "signatures/executable/ordinals.h"

#include <algorithm>
#include <span>

namespace postern::signatures::executable {

namespace {

struct Row {
    std::uint32_t ordinal;
    std::string_view name;
};

constexpr Row winsock[] = {
#include "signatures/executable/ordinals_winsock.inc"
};
constexpr Row oleaut[] = {
#include "signatures/executable/ordinals_oleaut.inc"
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// What follows behind the suffix does not matter.
bool begins_with(std::string_view text, std::string_view start) {
    return text.size() >= start.size() &&
           std::equal(start.begin(), start.end(), text.begin(),
                      [](char a, char b) { return a == lower(b); });
}

}  // namespace

std::string_view ordinal_name(std::string_view library, std::uint32_t ordinal) {
    std::span<const Row> table;
    if (begins_with(library, "ws2_32.dll") || begins_with(library, "wsock32.dll")) {
        table = winsock;
    } else if (begins_with(library, "oleaut32.dll")) {
        table = oleaut;
    }
    const auto row = std::lower_bound(table.begin(), table.end(), ordinal,
                                      [](const Row& a, std::uint32_t b) { return a.ordinal < b; });
    return row != table.end() && row->ordinal == ordinal ? row->name : std::string_view();
}

}  // namespace postern::signatures::executable
