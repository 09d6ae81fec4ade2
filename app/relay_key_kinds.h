// SPDX-License-Identifier: Apache-2.0
// Kinds of keys: how a text, a size, a time, a list is read and written, wherever it stands.
//
// `place` gives the member that a key is about: [](RelayConfig& c) -> auto& { return
// c.delivery.port; }
#pragma once

#include "app/relay_keys.h"

#include <limits>

namespace postern::app {

inline std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

inline std::string quoted_list(const std::vector<std::string>& words) {
    std::string text = "[";
    for (const std::string& word : words) text += (text.size() > 1 ? ", " : "") + quoted(word);
    return text + "]";
}

// "5m" rather than "300s".
inline std::string written_time(std::chrono::milliseconds time) {
    const std::pair<std::int64_t, const char*> units[] = {
        {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
    for (const auto& [length, unit] : units) {
        if (time.count() != 0 && time.count() % length == 0)
            return quoted(std::to_string(time.count() / length) + unit);
    }
    return quoted(std::to_string(time.count()) + "ms");
}

inline std::string written_size(std::uint64_t size) {
    const std::pair<std::uint64_t, const char*> units[] = {
        {1ull << 30, "G"}, {1ull << 20, "M"}, {1ull << 10, "K"}};
    for (const auto& [length, unit] : units) {
        if (size != 0 && size % length == 0) return quoted(std::to_string(size / length) + unit);
    }
    return std::to_string(size);
}

template <typename Target, auto place>
const auto& at(const Target& target) {
    return place(const_cast<Target&>(target));
}

template <typename Target, auto place>
constexpr ConfigKey<Target> text_key(std::string_view table, std::string_view name,
                                     std::string_view comment) {
    return {table, name, comment, [](const TomlValue& v, Target& t) { place(t) = v.text(); },
            [](const Target& t) { return quoted(at<Target, place>(t)); }};
}

template <typename Target, auto place>
constexpr ConfigKey<Target> number_key(std::string_view table, std::string_view name,
                                       std::string_view comment) {
    return {table, name, comment,
            [](const TomlValue& v, Target& t) {
                using Number = std::remove_reference_t<decltype(place(t))>;
                const std::uint64_t number = v.size();
                if (number > std::numeric_limits<Number>::max()) v.fail("is too large");
                place(t) = static_cast<Number>(number);
            },
            [](const Target& t) { return std::to_string(at<Target, place>(t)); }};
}

template <typename Target, auto place>
constexpr ConfigKey<Target> size_key(std::string_view table, std::string_view name,
                                     std::string_view comment) {
    return {table, name, comment, [](const TomlValue& v, Target& t) { place(t) = v.size(); },
            [](const Target& t) { return written_size(at<Target, place>(t)); }};
}

template <typename Target, auto place>
constexpr ConfigKey<Target> time_key(std::string_view table, std::string_view name,
                                     std::string_view comment) {
    return {table, name, comment,
            [](const TomlValue& v, Target& t) {
                using Time = std::remove_reference_t<decltype(place(t))>;
                const auto time = v.duration();
                if (std::chrono::duration_cast<Time>(time).count() == 0) v.fail("is too short");
                place(t) = std::chrono::duration_cast<Time>(time);
            },
            [](const Target& t) { return written_time(at<Target, place>(t)); }};
}

template <typename Target, auto place>
constexpr ConfigKey<Target> list_key(std::string_view table, std::string_view name,
                                     std::string_view comment) {
    return {table, name, comment,
            [](const TomlValue& v, Target& t) {
                place(t).clear();
                for (const TomlValue& item : v.list()) place(t).push_back(item.text());
            },
            [](const Target& t) { return quoted_list(at<Target, place>(t)); }};
}

template <typename Target, auto place>
constexpr ConfigKey<Target> networks_key(std::string_view table, std::string_view name,
                                         std::string_view comment) {
    return {table, name, comment,
            [](const TomlValue& v, Target& t) {
                place(t).clear();
                for (const TomlValue& item : v.list()) {
                    const auto network = relay::Network::parse(item.text());
                    if (!network)
                        item.fail(
                            "is no network; write one as \"192.0.2.0/24\", \"2001:db8::/32\" or "
                            "\"192.0.2.7\", with no bits set behind the prefix");
                    place(t).push_back(*network);
                }
            },
            [](const Target& t) {
                std::vector<std::string> words;
                for (const relay::Network& network : at<Target, place>(t))
                    words.push_back(network.text());
                return quoted_list(words);
            }};
}

}  // namespace postern::app
