// SPDX-License-Identifier: Apache-2.0
// The names behind import ordinals of the two libraries whose ordinals never change.
#pragma once

#include <cstdint>
#include <string_view>

namespace postern::signatures::executable {

// Empty: the library or the ordinal is none of these. `library` in any case, with its suffix.
std::string_view ordinal_name(std::string_view library, std::uint32_t ordinal);

}  // namespace postern::signatures::executable
