// SPDX-License-Identifier: Apache-2.0
// RuleTables: the YARA rules of a set as they are kept: octets, and nothing else.
#pragma once

#include "signatures/array.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace postern::signatures::yara {

struct RuleTables {
    Array<std::byte> octets;                // as libyara serialises rules; empty: none
    std::array<std::uint8_t, 32> check{};   // SHA-256 of the octets: libyara trusts what it loads
    std::string source_digest;              // SHA-256 of the rules' text, in hex; empty: none
    std::uint32_t reported = 0;             // rules that are not private
    std::uint32_t by_name = 0;              // rules that ask for a name of the content

    bool empty() const { return octets.empty(); }
};

}  // namespace postern::signatures::yara
