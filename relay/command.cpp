// SPDX-License-Identifier: Apache-2.0
#include "relay/command.h"

#include <algorithm>

namespace postern::relay {

namespace {

struct Row {
    std::string_view name;
    Verb verb;
    Argument argument = Argument::optional;
    std::size_t longest = 512;
};

// RFC 5321 4.5.3.1.4 gives 512 octets. MAIL gains 26 by SIZE (RFC 1870), 17 by BODY (RFC 6152), 10
// by SMTPUTF8 (RFC 6531), 500 by AUTH (RFC 4954), 114 by RET and ENVID; RCPT gains 528 by NOTIFY
// and ORCPT (RFC 3461); addresses in UTF-8 need more room than those in ASCII. So both get 2048 in
// all.
constexpr std::size_t with_parameters = 2048;
// RFC 4954 4.
constexpr std::size_t with_response = 12288;

constexpr Row rows[] = {
    {"EHLO", Verb::ehlo, Argument::required},
    {"HELO", Verb::helo, Argument::required},
    {"MAIL", Verb::mail, Argument::required, with_parameters},
    {"RCPT", Verb::rcpt, Argument::required, with_parameters},
    {"DATA", Verb::data, Argument::forbidden},
    {"RSET", Verb::rset, Argument::forbidden},
    {"NOOP", Verb::noop},
    {"VRFY", Verb::vrfy, Argument::required},
    {"EXPN", Verb::expn, Argument::required},
    {"HELP", Verb::help},
    {"QUIT", Verb::quit, Argument::forbidden},
    {"STARTTLS", Verb::starttls, Argument::forbidden},
    {"AUTH", Verb::auth, Argument::required, with_response},
    {"BDAT", Verb::bdat},
    {"SEND", Verb::obsolete},
    {"SOML", Verb::obsolete},
    {"SAML", Verb::obsolete},
    {"TURN", Verb::obsolete},
    {"ATRN", Verb::obsolete},
    {"ETRN", Verb::obsolete},
    {"GET", Verb::web},
    {"HEAD", Verb::web},
    {"POST", Verb::web},
    {"PUT", Verb::web},
    {"DELETE", Verb::web},
    {"CONNECT", Verb::web},
    {"OPTIONS", Verb::web},
    {"PATCH", Verb::web},
    {"TRACE", Verb::web},
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trimmed_end(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

// Length of the character that begins here, 0 when it is malformed.
std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = at(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xc0) != 0x80) return 0;
    }
    const bool too_long = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
    const bool surrogate = first == 0xed && at(1) >= 0xa0;
    const bool beyond = first == 0xf4 && at(1) >= 0x90;
    return too_long || surrogate || beyond ? 0 : length;
}

}  // namespace

const std::size_t longest_command = with_response;

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 128; });
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

Command parse_command(std::string_view line) {
    // A blank divides, a tab does not; at the end both are borne with (RFC 5321 4.1.1).
    line = trimmed_end(line);
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    Command command;
    command.argument = trimmed(line.substr(end));
    for (const Row& row : rows) {
        if (!same_word(row.name, word)) continue;
        command.verb = row.verb;
        command.name = row.name;
        command.argument_rule = row.argument;
        command.longest = row.longest;
        break;
    }
    return command;
}

}  // namespace postern::relay
