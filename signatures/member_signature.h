// SPDX-License-Identifier: Apache-2.0
// MemberSignature: one rule about a member of a container, as a source said it.
#pragma once

#include "signatures/content_type.h"
#include "signatures/number_range.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::signatures {

enum class Encryption : std::uint8_t { no = 0, yes = 1, any = 2 };

// What is asked of the numbers of a member.
struct MemberNumbers {
    NumberRange container_size, packed_size, size, position;
    std::uint32_t crc = 0;  // 0: any
    ContentType container = ContentType::any;
    Encryption encrypted = Encryption::any;
    std::uint16_t unused = 0;  // rows have no padding
};

struct MemberSignature {
    std::string line;  // of the source, whole; it begins with the name
    std::size_t name_length = 0;
    MemberNumbers numbers;
    std::string pattern;  // of the member's name, for LiteralDatabase; empty: any name

    std::string_view name() const { return std::string_view(line).substr(0, name_length); }
};

}  // namespace postern::signatures
