// SPDX-License-Identifier: Apache-2.0
// The octet sets of B are ClamAV's; they are not symmetric, and signatures rely on that.
#include "signatures/character_class.h"

#include <string_view>

namespace postern::signatures {

namespace {

constexpr std::string_view before_word("\x20\x2d\x2f\x5f\x2e\x3c\x40", 7);
constexpr std::string_view behind_word("\x0a\x0d\x20\x22\x27\x2d\x2f\x3d\x3e\x5f", 10);

bool is_in(std::string_view set, char c) {
    return set.find(c) != set.npos;
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

char octet_at(std::span<const std::byte> content, std::size_t position) {
    return static_cast<char>(content[position]);
}

// Length of the line end at `position`; 0: none stands there.
std::size_t line_end_at(std::span<const std::byte> content, std::size_t position) {
    if (position >= content.size()) return 0;
    const char c = octet_at(content, position);
    if (c == '\n') return 1;
    const bool pair =
        c == '\r' && position + 1 < content.size() && octet_at(content, position + 1) == '\n';
    return pair ? 2 : 0;
}

// No letter and its zero end here. A lone zero at the beginning belongs to nothing.
bool wide_boundary_before(std::span<const std::byte> content, std::size_t position) {
    if (octet_at(content, position - 1) != '\0' || position < 2) return true;
    return !is_alphanumeric(octet_at(content, position - 2));
}

// Neither a letter and its zero nor a letter and the end of the content stand here.
bool wide_boundary_after(std::span<const std::byte> content, std::size_t position) {
    if (!is_alphanumeric(octet_at(content, position))) return true;
    return position + 1 < content.size() && octet_at(content, position + 1) != '\0';
}

}  // namespace

bool boundary_before(Class kind, std::span<const std::byte> content, std::size_t position) {
    if (position == 0) return !kind.negated;
    if (kind.letter == 'w') return wide_boundary_before(content, position) != kind.negated;
    const char c = octet_at(content, position - 1);
    const bool boundary = kind.letter == 'B'   ? is_in(before_word, c)
                          : kind.letter == 'L' ? c == '\n'
                                               : !is_alphanumeric(c);
    return boundary != kind.negated;
}

bool boundary_after(Class kind, std::span<const std::byte> content, std::size_t position) {
    if (position >= content.size()) return !kind.negated;
    if (kind.letter == 'w') return wide_boundary_after(content, position) != kind.negated;
    const char c = octet_at(content, position);
    const bool boundary = kind.letter == 'B'   ? is_in(behind_word, c)
                          : kind.letter == 'L' ? line_end_at(content, position) != 0
                                               : !is_alphanumeric(c);
    return boundary != kind.negated;
}

std::size_t taken_by(Class kind, std::span<const std::byte> content, std::size_t position) {
    if (position >= content.size()) return 0;
    if (kind.letter == 'L') {
        const std::size_t length = line_end_at(content, position);
        return kind.negated ? (length == 0 ? 1 : 0) : length;
    }
    const char c = octet_at(content, position);
    const bool boundary =
        kind.letter == 'B' ? is_in(before_word, c) || is_in(behind_word, c) : !is_alphanumeric(c);
    return boundary != kind.negated ? 1 : 0;
}

}  // namespace postern::signatures
