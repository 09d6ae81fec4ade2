// SPDX-License-Identifier: Apache-2.0
// A page in UTF-16 (with a byte order mark, or seen by its first '<') as UTF-8; every other character set
// that mail uses has ASCII in it as octets, and is left as it is.
#pragma once

#include "mime/buffer.h"

#include <optional>

namespace postern::engine::html {

// Empty when the page is no UTF-16. At most three octets for two.
std::optional<mime::Buffer> page_as_utf8(std::span<const std::byte> page);

}  // namespace postern::engine::html
