// SPDX-License-Identifier: Apache-2.0
// Named character references ("&nbsp;"): those of ISO 8879 and HTML 4, which ClamAV decodes too.
#pragma once

#include <cstdint>
#include <string_view>

namespace postern::engine::html {

// The code point of the entity `name` (without & and ;, case counts); 0 if there is none. Thread-safe.
std::uint16_t entity(std::string_view name);

}  // namespace postern::engine::html
