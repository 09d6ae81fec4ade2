// SPDX-License-Identifier: Apache-2.0
// QueueId: the name of a message while we have it, in replies, logs, Received fields and file names.
//
// It is the time of its beginning in microseconds, made unique, so ids sort by age. As text it has eleven
// or more signs of an alphabet without vowels and look-alikes: it can be said on the telephone and spells nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace postern::relay {

struct QueueId {
    std::int64_t value = 0;

    std::string text() const;
    // Capitals or not. Empty for what text() never gives.
    static std::optional<QueueId> parse(std::string_view text);

    auto operator<=>(const QueueId&) const = default;
};

}  // namespace postern::relay

template <>
struct std::hash<postern::relay::QueueId> {
    std::size_t operator()(postern::relay::QueueId id) const noexcept {
        return std::hash<std::int64_t>()(id.value);
    }
};
