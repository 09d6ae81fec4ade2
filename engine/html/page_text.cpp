// SPDX-License-Identifier: Apache-2.0
#include "engine/html/page_text.h"

#include "engine/utf8.h"

#include <cstdint>
#include <string>

namespace postern::engine::html {

namespace {

enum class Order { none, little, big };

Order order_of(std::span<const std::byte> page) {
    if (page.size() < 2) return Order::none;
    const auto first = static_cast<std::uint8_t>(page[0]);
    const auto second = static_cast<std::uint8_t>(page[1]);
    if ((first == 0xff && second == 0xfe) || (first == '<' && second == 0)) return Order::little;
    if ((first == 0xfe && second == 0xff) || (first == 0 && second == '<')) return Order::big;
    return Order::none;
}

}  // namespace

std::optional<mime::Buffer> page_as_utf8(std::span<const std::byte> page) {
    const Order order = order_of(page);
    if (order == Order::none) return std::nullopt;
    const std::size_t high = order == Order::little ? 1 : 0;
    const auto unit = [&](std::size_t at) -> char32_t {
        return static_cast<char32_t>(page[at + high]) << 8 | static_cast<char32_t>(page[at + 1 - high]);
    };
    mime::Buffer out(page.size() / 2);
    std::string character;
    for (std::size_t at = 0; at + 2 <= page.size(); at += 2) {
        char32_t c = unit(at);
        if (c == 0xfeff) continue;
        if (c >= 0xd800 && c < 0xdc00 && at + 4 <= page.size() && (unit(at + 2) & 0xfc00) == 0xdc00) {
            c = 0x10000 + ((c & 0x3ff) << 10 | (unit(at + 2) & 0x3ff));
            at += 2;
        }
        character.clear();
        append_utf8(c, character);
        out.append(std::as_bytes(std::span(character)));
    }
    return out;
}

}  // namespace postern::engine::html
