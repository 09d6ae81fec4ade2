// SPDX-License-Identifier: Apache-2.0
// Encoding: octets into what may travel in mail, as senders' programs write it.
#pragma once

#include <string>
#include <string_view>

namespace postern::corpora {

// Base64 in lines of 76 columns, each with CRLF (RFC 2045 section 6.8).
void append_base64(std::string& out, std::string_view octets);
// Bit by bit, whatever stands between: for files of our own, and to check faster ones against.
std::string decoded_base64(std::string_view text);
// How many octets fit into `encoded` octets of such base64.
constexpr std::size_t base64_room(std::size_t encoded) {
    return encoded / 78 * 57;
}

// Quoted-printable text: its CRLFs stay line ends (RFC 2045 section 6.7).
std::string quoted_printable(std::string_view text);

// "begin 644 NAME" … "end".
std::string uuencode(std::string_view octets, std::string_view name);

// As it is when ASCII, else as encoded words (RFC 2047), UTF-8 and base64, folded.
std::string header_text(std::string_view utf8);

// A parameter in the style that real programs choose: `; name="plain"` when ASCII, else RFC 2231
// percent encoding
// (`; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf`). Begins with ";" and a fold.
std::string parameter(std::string_view name, std::string_view utf8);
// The same in two RFC 2231 pieces, cut in the middle. REQUIRES: ASCII, no quotes.
std::string split_parameter(std::string_view name, std::string_view ascii);

bool is_ascii(std::string_view text);

}  // namespace postern::corpora
