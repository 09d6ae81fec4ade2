// SPDX-License-Identifier: Apache-2.0
// How rare octets are, after one another, in what is sent by mail: a model for choosing anchors.
//
// Octets are sorted into 64 classes; the model knows how often each class follows each other one
// and how often an octet occurs within its class. Costs are in bits: 8 means one place in 256.
#pragma once

#include <cstdint>

namespace postern::signatures {

double first_octet_bits(std::uint8_t octet);
double next_octet_bits(std::uint8_t before, std::uint8_t octet);

}  // namespace postern::signatures
