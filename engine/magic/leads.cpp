// SPDX-License-Identifier: Apache-2.0
// A bit for each of the 65,536 pairs, 8 kB, made by the compiler.
#include "engine/magic/leads.h"

#include <array>

namespace postern::engine::magic {
namespace {

using namespace std::string_view_literals;

// Pairs of octets, one behind the other, in the order of postern.magic.
constexpr std::string_view pairs =
    "MZ" "\x7f" "E" "\xfe\xed" "\xce\xfa" "\xcf\xfa" "\xca\xfe" "de" "\0a" "IT" "?_" "L\0" "FW" "CW"
    "ZW" "\xd0\xcf" "{\\" "%P" "\x89P" "GI" "\xff\xd8" "BM" "II" "MM" "RI" "\0\0" "PK" "7z" "Ra" "RE"
    "MS" "07" "\x71\xc7" "\xc7\x71" "!<" "xa" "\x60\xea" "\x78\x9f" "WL" "vh" "co" "\x1f\x8b" "BZ"
    "\xfd" "7" "LZ" "\x28\xb5" "\x04\x22" "\x02\x21" "\x1f\x9d" "\x50\x2a" "\x51\x2a" "\x52\x2a"
    "\x53\x2a" "\x54\x2a" "\x55\x2a" "\x56\x2a" "\x57\x2a" "\x58\x2a" "\x59\x2a" "\x5a\x2a" "\x5b\x2a"
    "\x5c\x2a" "\x5d\x2a" "\x5e\x2a" "\x5f\x2a"sv;

using BitField = std::array<std::uint64_t, 1024>;

constexpr BitField bits = [] {
    BitField field{};
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        const unsigned pair = static_cast<unsigned char>(pairs[i]) |
                              static_cast<unsigned>(static_cast<unsigned char>(pairs[i + 1])) << 8;
        field[pair / 64] |= std::uint64_t{1} << (pair % 64);
    }
    return field;
}();

}  // namespace

// A content of one octet is below every rule.
bool could_know(Octets content) {
    const unsigned pair = le16(content, 0);
    return content.size() >= 2 && (bits[pair / 64] >> (pair % 64) & 1) != 0;
}

}  // namespace postern::engine::magic
