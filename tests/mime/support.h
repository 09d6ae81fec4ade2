// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share: octets and texts, a random source, plain encoders.
#pragma once

#include "mime/buffer.h"

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

namespace postern::mime::test {

inline std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string text(const Buffer& buffer) {
    return text(buffer.bytes());
}

inline std::string text_of(std::initializer_list<unsigned> octets) {
    std::string result;
    for (const unsigned octet : octets) result += static_cast<char>(octet);
    return result;
}

// True when the long forms of the property tests are asked for.
inline bool long_tests() {
    return std::getenv("POSTERN_LONG_TESTS") != nullptr;
}

// Fixed seeds: a failure comes again.
class Random {
public:
    explicit Random(std::uint64_t seed) : source_(seed) {}

    // From 0 to n - 1; 0 for n of 0.
    std::size_t below(std::size_t n) {
        return n == 0 ? 0 : static_cast<std::size_t>(source_() % n);
    }

    std::string octets(std::size_t size) {
        std::string result(size, '\0');
        for (char& c : result) c = static_cast<char>(source_());
        return result;
    }

private:
    std::mt19937_64 source_;
};

inline std::string base64(std::string_view plain, std::size_t columns = 76,
                          std::string_view line_end = "\r\n") {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string encoded;
    std::size_t column = 0;
    const auto put = [&](char c) {
        encoded += c;
        if (columns == 0 || ++column < columns) return;
        encoded += line_end;
        column = 0;
    };
    for (std::size_t i = 0; i < plain.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, plain.size() - i);
        unsigned quantum = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            quantum = quantum << 8 | (k < left ? static_cast<unsigned char>(plain[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k)
            put(k <= left ? alphabet[quantum >> (18 - 6 * k) & 63] : '=');
    }
    return encoded;
}

}  // namespace postern::mime::test
