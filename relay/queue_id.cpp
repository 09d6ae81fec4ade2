// SPDX-License-Identifier: Apache-2.0
#include "relay/queue_id.h"

#include <algorithm>

namespace postern::relay {

namespace {

constexpr std::string_view alphabet = "0123456789BCDFGHJKLMNPQRSTVWXYZ";  // 31 signs
constexpr std::size_t shortest = 11;                                      // 31^11 us are 800 years
constexpr std::size_t longest = 12;                                       // below 2^63 for sure

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::string QueueId::text() const {
    std::string digits;
    for (auto rest = static_cast<std::uint64_t>(value); rest != 0 || digits.size() < shortest;
         rest /= alphabet.size()) {
        digits += alphabet[rest % alphabet.size()];
    }
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::optional<QueueId> QueueId::parse(std::string_view text) {
    if (text.size() < shortest || text.size() > longest) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text) {
        const std::size_t digit = alphabet.find(upper(c));
        if (digit == std::string_view::npos) return std::nullopt;
        value = value * static_cast<std::int64_t>(alphabet.size()) + static_cast<std::int64_t>(digit);
    }
    const QueueId id{value};
    if (id.text().size() != text.size()) return std::nullopt;
    return id;
}

}  // namespace postern::relay
