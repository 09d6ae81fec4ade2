// SPDX-License-Identifier: Apache-2.0
// What text carries encoded: data: URIs (RFC 2397), and long base64 strings between quotes, which scripts
// hand to atob() and make into files ("HTML smuggling").
//
// Texts are searched as octets, not parsed: whatever reader opens them (a browser, a style sheet, SVG, a
// script) finds its URIs by its own rules, and those rules differ. The scheme counts in any case and with
// line ends in it, as browsers drop those; a payload ends where its quote does, or at the first octet that
// cannot be in it. A second look is given to a copy with references and escapes decoded ("&#100;ata:",
// "\64 ata:"), if there are any; there only what was hidden by them counts.
//
// Time is linear in the text: all searches go forward, each kind over each octet a bounded number of times.
#pragma once

#include "mime/buffer.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace postern::engine::html {

enum class Coding : std::uint8_t { base64, percent };

struct Carried {
    std::span<const std::byte> payload;  // in the text
    Coding coding = Coding::base64;
    std::string media_type;  // lower case, without parameters; may be empty
};

inline constexpr std::size_t least_literal = 64;  // octets of base64 in a string of a script

// REQUIRES: `text` outlives what is returned. All are thread-safe.
std::vector<Carried> data_uris(std::span<const std::byte> text);
// Quoted base64 of least_literal octets and more, hexadecimal numbers left out.
std::vector<Carried> base64_literals(std::span<const std::byte> text);
// A whole string: it is base64, or it has data: URIs in it.
std::vector<Carried> carried_in_string(std::span<const std::byte> string);

// A copy of `text` with the character references and the escapes of scripts and style sheets decoded that
// stand for what URIs and base64 are made of; `at` are the places of the decoded octets in the copy, rising.
struct DecodedCopy {
    mime::Buffer text;
    std::vector<std::size_t> at;
};
DecodedCopy decoded_copy(std::span<const std::byte> text);
// Whether one of the decoded octets stands in the payload or in the 64 octets before it.
bool was_hidden(const DecodedCopy& copy, const Carried& carried);

// At most this comes out of it.
std::size_t decoded_bound(const Carried& carried);
void decode(const Carried& carried, mime::Buffer& out);

}  // namespace postern::engine::html
