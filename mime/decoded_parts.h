// SPDX-License-Identifier: Apache-2.0
// Decoded parts: the octets of each leaf of a message, one after the other, as each reading has them.
//
// For measuring what mail consists of. It opens nothing (archives stay archives) and charges no
// budget; a reading that could unfold to more than `most_decoded` is left out.
#pragma once

#include "mime/message.h"

#include <functional>

namespace postern::mime {

inline constexpr std::size_t most_decoded = std::size_t{256} << 20;

// The octets handed over are valid during the call alone. Throws what `visit` throws, std::bad_alloc.
void for_each_decoded_part(const Message& message,
                           const std::function<void(std::span<const std::byte>)>& visit);

}  // namespace postern::mime
