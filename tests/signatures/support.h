// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share: octets from text, and sets from lines.
#pragma once

#include "signatures/matcher.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace postern::signatures::tests {

inline std::span<const std::byte> octets(std::string_view text) {
    return std::as_bytes(std::span(text));
}

inline std::string hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

inline std::string numbered(std::string_view name, std::size_t number) {
    std::string text(name);
    return text += std::to_string(number);
}

// A set of one source; every line must be taken.
inline std::shared_ptr<const SignatureSet> set_of(std::string_view name, std::string_view text) {
    SetBuilder builder;
    builder.add_text(name, text);
    for (const Diagnostic& diagnostic : builder.diagnostics()) {
        ADD_FAILURE() << to_string(diagnostic);
    }
    return builder.build(1);
}

inline std::vector<Match> matches_of(Matcher& matcher, std::string_view content,
                                     Target target = Target::other) {
    return matcher.match({octets(content), target});
}

inline bool operator==(const Match& a, const Match& b) {
    return a.name == b.name && a.offset == b.offset && a.length == b.length;
}

// "NAME@OFFSET+LENGTH NAME@OFFSET+LENGTH"
inline std::string told(const std::vector<Match>& matches) {
    std::string text;
    for (const Match& match : matches) {
        if (!text.empty()) text += ' ';
        text += std::string(match.name) + '@' + std::to_string(match.offset) + '+' +
                std::to_string(match.length);
    }
    return text;
}

// Random numbers that are the same on every machine.
class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return engine_() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }

private:
    std::mt19937 engine_;
};

}  // namespace postern::signatures::tests
