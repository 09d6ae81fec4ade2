// SPDX-License-Identifier: Apache-2.0
// The three character classes of body patterns, looked at beside a match and inside it.
//
//   B  word boundary: one set of octets before a word, another behind it, either one in the middle
//   L  line marker: LF or CR LF
//   W  anything but a letter or digit of ASCII
//   w  the same for letters that are followed by a zero; only beside a match
// The ends of the content are boundaries of every kind, but there is nothing to take there.
#pragma once

#include <cstddef>
#include <span>

namespace postern::signatures {

struct Class {
    char letter = 'B';
    bool negated = false;
};

bool boundary_before(Class kind, std::span<const std::byte> content, std::size_t position);
bool boundary_after(Class kind, std::span<const std::byte> content, std::size_t position);

// How many octets the class takes at this position; 0: it does not fit.
std::size_t taken_by(Class kind, std::span<const std::byte> content, std::size_t position);

}  // namespace postern::signatures
