// SPDX-License-Identifier: Apache-2.0
#include "relay/parameters.h"

#include "relay/command.h"
#include "relay/xtext.h"

#include <algorithm>

namespace postern::relay {

namespace {

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What stands behind the '='; null when there is none.
using Value = const std::string_view*;

bool read_size(Value value, Parameters& to) {
    if (value == nullptr || value->empty() || value->size() > 20) return false;
    std::uint64_t size = 0;
    for (const char c : *value) {
        if (c < '0' || c > '9') return false;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        size = size > (UINT64_MAX - digit) / 10 ? UINT64_MAX : size * 10 + digit;
    }
    to.size = size;
    return true;
}

bool read_body(Value value, Parameters& to) {
    if (value == nullptr) return false;
    if (same_word(*value, "7BIT")) to.body = Body::seven_bit;
    if (same_word(*value, "8BITMIME")) to.body = Body::eight_bit_mime;
    return to.body != Body::unspecified;
}

bool read_smtputf8(Value value, Parameters& to) {
    to.smtputf8 = true;
    return value == nullptr;
}

bool read_ret(Value value, Parameters& to) {
    if (value == nullptr) return false;
    if (same_word(*value, "FULL")) to.ret = Return::full;
    if (same_word(*value, "HDRS")) to.ret = Return::headers;
    return to.ret != Return::unspecified;
}

bool is_printable(const std::optional<std::string>& text) {
    return text &&
           std::all_of(text->begin(), text->end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// RFC 3461 4.4: at most 100 octets, printable when decoded.
bool read_envid(Value value, Parameters& to) {
    if (value == nullptr || value->empty() || value->size() > 100 ||
        !is_printable(decode_xtext(*value)))
        return false;
    to.envelope_id = *value;
    return true;
}

// RFC 4954 5: a mailbox in xtext, or <>.
bool read_auth(Value value, Parameters&) {
    return value != nullptr && !value->empty() && value->size() <= 500 &&
           is_printable(decode_xtext(*value));
}

bool add_notify(std::string_view word, Notify& notify) {
    if (same_word(word, "SUCCESS")) return notify.success = true;
    if (same_word(word, "FAILURE")) return notify.failure = true;
    if (same_word(word, "DELAY")) return notify.delay = true;
    return false;
}

bool read_notify(Value value, Parameters& to) {
    if (value == nullptr) return false;
    if (same_word(*value, "NEVER")) return to.notify.never = true;
    for (std::string_view rest = *value;;) {
        const std::size_t comma = rest.find(',');
        if (!add_notify(rest.substr(0, comma), to.notify)) return false;
        if (comma == std::string_view::npos) return true;
        rest.remove_prefix(comma + 1);
    }
}

// RFC 6533 3: utf-8-addr-xtext or utf-8-addr-unitext; what matters is that it can be given on:
// visible, without '='.
bool is_utf8_address(std::string_view text) {
    return is_utf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
               return (c > ' ' && c <= '~' && c != '=') || static_cast<unsigned char>(c) > 127;
           });
}

// RFC 3461 4.2: addr-type ";" xtext.
bool read_orcpt(Value value, Parameters& to) {
    if (value == nullptr || value->size() > 500) return false;
    const std::size_t semicolon = value->find(';');
    if (semicolon == 0 || semicolon == std::string_view::npos || semicolon + 1 == value->size())
        return false;
    const std::string_view type = value->substr(0, semicolon);
    const std::string_view address = value->substr(semicolon + 1);
    if (!std::all_of(type.begin(), type.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; }))
        return false;
    const bool good =
        same_word(type, "utf-8") ? is_utf8_address(address) : is_printable(decode_xtext(address));
    if (good) to.original_recipient = *value;
    return good;
}

struct Row {
    std::string_view keyword;
    ParametersOf command;
    bool (*read)(Value value, Parameters& to);
};

constexpr Row rows[] = {
    {"SIZE", ParametersOf::mail, read_size},         {"BODY", ParametersOf::mail, read_body},
    {"SMTPUTF8", ParametersOf::mail, read_smtputf8}, {"RET", ParametersOf::mail, read_ret},
    {"ENVID", ParametersOf::mail, read_envid},       {"AUTH", ParametersOf::mail, read_auth},
    {"NOTIFY", ParametersOf::rcpt, read_notify},     {"ORCPT", ParametersOf::rcpt, read_orcpt},
};

bool is_keyword(std::string_view word) {
    return !word.empty() && is_letter_or_digit(word.front()) &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_value(std::string_view value) {
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return (c > ' ' && c != '=' && c <= '~') || static_cast<unsigned char>(c) > 127;
    });
}

std::string in_capitals(std::string_view word) {
    std::string capitals(word);
    for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return capitals;
}

// One parameter, without blanks. `seen` has a bit for each row.
ParameterFault read_one(std::string_view text, ParametersOf command, ParameterResult& result,
                        unsigned& seen) {
    const std::size_t equals = text.find('=');
    const std::string_view keyword = text.substr(0, equals);
    if (!is_keyword(keyword)) return ParameterFault::syntax;
    result.keyword = in_capitals(keyword);
    const auto row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) {
        return r.command == command && r.keyword == result.keyword;
    });
    const bool valued = equals != std::string_view::npos;
    const std::string_view value = valued ? text.substr(equals + 1) : std::string_view();
    if (row == std::end(rows))
        return !valued || is_value(value) ? ParameterFault::unknown : ParameterFault::syntax;
    const unsigned bit = 1u << (row - std::begin(rows));
    if ((seen & bit) != 0) return ParameterFault::twice;
    seen |= bit;
    if (valued && !is_value(value)) return ParameterFault::value;
    return row->read(valued ? &value : nullptr, result.values) ? ParameterFault::none
                                                               : ParameterFault::value;
}

}  // namespace

ParameterResult parse_parameters(std::string_view text, ParametersOf command) {
    ParameterResult result;
    unsigned seen = 0;
    if (!text.empty() && text.front() != ' ') {
        result.fault = ParameterFault::syntax;
        return result;
    }
    while (result.fault == ParameterFault::none) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        if (text.empty()) return result;
        const std::size_t end = std::min(text.find(' '), text.size());
        result.fault = read_one(text.substr(0, end), command, result, seen);
        text.remove_prefix(end);
    }
    return result;
}

}  // namespace postern::relay
