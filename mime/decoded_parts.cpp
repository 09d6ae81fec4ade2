// SPDX-License-Identifier: Apache-2.0
#include "mime/decoded_parts.h"

#include "mime/parser.h"

namespace postern::mime {

void for_each_decoded_part(const Message& message,
                           const std::function<void(std::span<const std::byte>)>& visit) {
    const ParsedMessage parsed = parse(message.bytes());
    std::vector<const Entity*> waiting{&parsed.root};
    while (!waiting.empty()) {
        const Entity& entity = *waiting.back();
        waiting.pop_back();
        for (const Entity& child : entity.children) waiting.push_back(&child);
        if (!entity.is_leaf()) continue;
        for (const Reading& reading : readings_of(entity, message.bytes())) {
            if (decoded_bound(reading) > most_decoded) continue;
            Buffer out;
            decode(reading, message.bytes(), out);
            visit(out);
        }
    }
}

}  // namespace postern::mime
