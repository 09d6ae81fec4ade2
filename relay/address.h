// SPDX-License-Identifier: Apache-2.0
// Addresses of SMTP: reverse-path and forward-path (RFC 5321 4.1.2, RFC 6531 3.3), read whole and judged.
//
// The whole grammar is understood, so that what is refused is refused for what it is: a route, a literal, a name
// that means something else on every machine. Nothing is rewritten: a mailbox leaves as it came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postern::relay {

enum class AddressFault : std::uint8_t {
    none,
    syntax,
    null,           // <> where a mailbox must stand
    source_route,   // <@a,@b:c@d>
    literal,        // c@[192.0.2.1]
    localhost,
    single_label,   // c@printer
    numeric,        // c@192.0.2.1
    local_too_long,
    domain_too_long
};

enum class Charset : std::uint8_t { ascii, utf8 };
enum class PathKind : std::uint8_t { reverse, forward };

struct Path {
    AddressFault fault = AddressFault::none;
    std::string_view trouble;  // of `syntax`: what is wrong, for people
    std::string mailbox;       // "local-part@domain"; empty for <>; no domain for <postmaster>
    std::size_t size = 0;      // octets of the text that the path takes, brackets included
};

// Reads the path at the beginning of `text`, which may go on behind it. Never throws for any octets. Octets above 127
// are taken as UTF-8; whether they were is_utf8() and whether SMTPUTF8 was said is the caller's to ask.
Path parse_path(std::string_view text, PathKind kind);

// RFC 5321 4.1.2 Domain, each label 63 octets at most, all of it 255. U-labels only where `charset` allows them.
bool is_domain(std::string_view text, Charset charset);
// "[192.0.2.1]", "[IPv6:2001:db8::1]", "[tag:content]"
bool is_address_literal(std::string_view text);

}  // namespace postern::relay
