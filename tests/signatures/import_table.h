// SPDX-License-Identifier: Apache-2.0
// Import tables for the PE files of the tests.
#pragma once

#include "program_builder.h"

namespace postern::signatures::tests {

struct Import {
    std::string library;
    std::vector<std::string> functions;  // "#n" by number
};

// The table, libraries and names one behind the other, at 0x600 in the file and 0x2000 in memory.
inline void put_imports(Image& image, const std::vector<Import>& imports) {
    std::size_t at = 0x600 + 20 * (imports.size() + 1);
    const auto address = [](std::size_t place) { return place - 0x600 + 0x2000; };
    image.clear(0x600, 0x600);
    for (std::size_t i = 0; i < imports.size(); ++i) {
        const std::size_t row = 0x600 + 20 * i;
        std::size_t thunk = at;
        image.put(row, address(thunk), 4);
        at += 4 * (imports[i].functions.size() + 1);
        image.put(row + 12, address(at), 4);
        image.put(row + 16, address(thunk), 4);
        image.put(at, imports[i].library);
        at += imports[i].library.size() + 1;
        for (const std::string& function : imports[i].functions) {
            if (function[0] == '#') {
                image.put(thunk, 0x80000000u + std::stoul(function.substr(1)), 4);
            } else {
                image.put(thunk, address(at), 4);
                image.put(at + 2, function);
                at += function.size() + 3;
            }
            thunk += 4;
        }
    }
}

inline std::string importing(const std::vector<Import>& imports, bool wide = false) {
    Image image = pe_image({.wide = wide,
                            .sections = {{0x200, 0x1000, 0x200, 0x400}, {0x600, 0x2000, 0x600, 0x600}},
                            .import_address = 0x2000,
                            .import_size = static_cast<std::uint32_t>(20 * (imports.size() + 1))});
    put_imports(image, imports);
    return image.octets();
}

}  // namespace postern::signatures::tests
