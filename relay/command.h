// SPDX-License-Identifier: Apache-2.0
// Commands of SMTP: one row a verb (RFC 5321 4.1.1), and how a line is cut into verb and argument.
#pragma once

#include <cstdint>
#include <string_view>

namespace postern::relay {

enum class Verb : std::uint8_t {
    ehlo, helo, mail, rcpt, data, rset, noop, vrfy, expn, help, quit, starttls, auth, bdat,
    obsolete,    // SEND, SOML, SAML, TURN: known to the standards, offered nowhere
    web,         // HTTP's: a browser was talked into speaking to us
    unknown
};

enum class Argument : std::uint8_t { forbidden, optional, required };

struct Command {
    Verb verb = Verb::unknown;
    std::string_view name;      // in capitals, "" when unknown
    Argument argument_rule = Argument::optional;
    std::size_t longest = 512;  // octets of the line with its CR LF
    std::string_view argument;  // borrows from the line; without blanks at its ends
};

// The longest line that any verb may have: what a LineReader must hold.
extern const std::size_t longest_command;

// "MAIL FROM", "RCPT TO" are told by their first word.
Command parse_command(std::string_view line);

// ASCII case aside.
bool same_word(std::string_view a, std::string_view b);
bool is_ascii(std::string_view text);
// Whole characters in shortest form, no surrogates (RFC 3629).
bool is_utf8(std::string_view text);

}  // namespace postern::relay
