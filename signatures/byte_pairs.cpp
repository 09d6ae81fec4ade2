// SPDX-License-Identifier: Apache-2.0
// The model itself is text made by tools/train_byte_pairs.py, decoded by looking it up.
#include "signatures/byte_pairs.h"

#include <cstddef>

namespace postern::signatures {

namespace {

#include "signatures/byte_pairs_table.inc"

constexpr std::size_t classes = 64;

static_assert(sizeof class_of == 256 + 1 && sizeof within_class == 256 + 1);
static_assert(sizeof class_alone == classes + 1 && sizeof class_pairs == classes * classes + 1);

int digit(char c) {
    return c - '0';
}
double bits(int quarters) {
    return quarters / 4.0;
}

}  // namespace

double first_octet_bits(std::uint8_t octet) {
    return bits(digit(class_alone[digit(class_of[octet])]) + digit(within_class[octet]));
}

double next_octet_bits(std::uint8_t before, std::uint8_t octet) {
    const auto row = static_cast<std::size_t>(digit(class_of[before]));
    const auto column = static_cast<std::size_t>(digit(class_of[octet]));
    return bits(digit(class_pairs[row * classes + column]) + digit(within_class[octet]));
}

}  // namespace postern::signatures
