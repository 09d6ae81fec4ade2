// SPDX-License-Identifier: Apache-2.0
// EICAR says that its file begins with the string; in mail, text often stands before it, so the
// signature has it anywhere.
#include "signatures/built_in.h"

#include <string_view>

namespace postern::signatures {

std::string eicar_test_file() {
    // Backwards, as the string itself must not stand here.
    constexpr std::string_view backwards =
        "*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X";
    return {backwards.rbegin(), backwards.rend()};
}

std::string built_in_source() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string line = "Eicar-Test-Signature:0:*:";
    for (const char c : eicar_test_file()) {
        line += digits[static_cast<unsigned char>(c) >> 4];
        line += digits[static_cast<unsigned char>(c) & 15];
    }
    return line + '\n';
}

}  // namespace postern::signatures
