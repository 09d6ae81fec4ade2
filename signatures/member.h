// SPDX-License-Identifier: Apache-2.0
// MemberFacts: what a container says of one of its members, before that member is looked at.
//
// Whoever unfolds containers fills it in; container signatures (.cdb) are matched against it.
#pragma once

#include "signatures/content_type.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::signatures {

struct MemberFacts {
    ContentType container = ContentType::any;  // mail for the parts of a message
    std::uint64_t container_size = 0;          // octets
    std::string_view name;                     // whole path as stored; borrowed
    std::uint64_t packed_size = 0;             // as the container states it; 0: it does not
    std::uint64_t size = 0;                    // unpacked, as the container states it
    bool encrypted = false;
    std::uint32_t position = 0;                // from 1, in the order of the container
    std::optional<std::uint32_t> crc;          // CRC-32 of the member, as stated
};

}  // namespace postern::signatures
