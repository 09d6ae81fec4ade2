// SPDX-License-Identifier: Apache-2.0
// The machine's states inside tags and references: attributes, their values, data: URIs, character references.
#include "engine/html/eight_octets.h"
#include "engine/html/entities.h"
#include "engine/html/form_machine.h"

#include <algorithm>

namespace postern::engine::html {

bool FormMachine::on_attribute(std::uint8_t c) {
    if (c == '=') {
        begin_value();
        return true;
    }
    if (is_blank(c)) return skip_then(State::after_attribute, true);
    if (c == '>') {
        page_.put('>');
        if (attribute_.length() > 0) add_attribute(false);
        state_ = State::tag_end;
        return true;
    }
    if (attribute_.length() == 0) page_.put(' ');
    page_.put(to_lower(c));
    attribute_.add(to_lower(c));
    return true;
}

bool FormMachine::on_after_attribute(std::uint8_t c) {
    if (c == '=') {
        begin_value();
        return true;
    }
    if (attribute_.length() > 0) add_attribute(false);
    attribute_.clear();
    return go(State::attribute);
}

void FormMachine::begin_value() {
    page_.put('=');
    quote_ = Quote::none;
    value_.clear();
    const bool address = (tag_ == "a" && attribute_ == "href") || (tag_ == "img" && attribute_ == "src");
    value_kept_ = address ? longest_value : beyond_scheme;
    skip_then(State::value, true);
}

// Of an attribute that stands twice the first counts, even where it has no value.
void FormMachine::add_attribute(bool with_value) {
    if (has_address_) return;
    const bool address = (tag_ == "a" && attribute_ == "href") || (tag_ == "img" && attribute_ == "src");
    if (!address) return;
    has_address_ = true;
    if (!with_value) return;
    std::string_view value = value_;
    const bool quoted = value.starts_with('"');
    if (quoted) value.remove_prefix(1);
    value = value.substr(0, value.find('\0'));
    if (quoted && !value.empty()) value.remove_suffix(1);
    address_ = value;
}

void FormMachine::put_in_value(std::uint8_t c) {
    if (value_.size() < value_kept_) value_.push_back(static_cast<char>(c));
}

bool FormMachine::begins_data_uri() const {
    return (value_.size() == 5 && value_ == "data:") || (value_.size() == 6 && value_ == "\"data:");
}

// The letters of a name, and the blanks before it, without a step for each.
void FormMachine::name_run(ShortName& name) {
    for (; p_ != end_; ++p_) {
        const auto c = static_cast<std::uint8_t>(*p_);
        if (!is_letter(c) && c != '-') return;
        if (name.length() == 0 && state_ == State::attribute) page_.put(' ');
        page_.put(to_lower(c));
        name.add(to_lower(c));
    }
}

void FormMachine::blank_run() {
    while (p_ != end_ && (*p_ == std::byte{' '} || *p_ == std::byte{'\t'})) ++p_;
}

void FormMachine::value_run() {
    const bool quoted = !value_.empty() && value_[0] == '"';
    const bool no_scheme = value_.size() > (quoted ? 1U : 0U) && value_[quoted ? 1 : 0] != 'd';
    if (high_in_value_ != 0 || (!no_scheme && value_.size() < beyond_scheme)) return;
    while (end_ - p_ >= 8) {
        const EightOctets octets(p_);
        const EightOctets::Mask stops = octets.below(0x21) | octets.equal('"') | octets.equal('\'') |
                                        octets.equal('&') | octets.equal('>') | octets.beyond_ascii();
        octets.write_lower_case(page_.position());
        const std::size_t plain = stops == 0 ? 8 : EightOctets::before(stops);
        page_.advance(plain);
        if (value_.size() < value_kept_) {
            value_.append(reinterpret_cast<const char*>(p_), std::min(plain, value_kept_ - value_.size()));
        }
        p_ += plain;
        if (plain != 8) return;
    }
}

bool FormMachine::on_value(std::uint8_t c) {
    if (begins_data_uri()) {
        page_.take_back();
        if (quote_ != Quote::none) page_.put('"');
        return go(State::data_type);
    }
    if (c == '&') {
        next_ = State::value;
        state_ = State::reference;
        return true;
    }
    if (c == '\'' || c == '"') return on_value_quote(c);
    if (c == '>' || is_blank(c)) return on_value_end(c);
    return on_value_octet(c);
}

bool FormMachine::on_value_quote(std::uint8_t c) {
    const Quote quote = c == '\'' ? Quote::single : Quote::twice;
    const bool opens = value_.empty();
    page_.put('"');
    put_in_value('"');
    if (opens) {
        quote_ = quote;
    } else if (quote_ == quote) {
        add_attribute(true);
        attribute_.clear();
        skip_then(State::attribute, true);
    }
    return true;
}

// After its first blank a quoted value goes on as if it had no quotes, and its words become attributes.
bool FormMachine::on_value_end(std::uint8_t c) {
    if (quote_ == Quote::none) {
        add_attribute(true);
        attribute_.clear();
        return skip_then(State::attribute, false);
    }
    page_.put(c);
    put_in_value(c == '>' ? '>' : ' ');
    quote_ = Quote::none;
    return skip_then(State::value, true);
}

bool FormMachine::on_value_octet(std::uint8_t c) {
    const std::uint32_t high = high_in_value_;
    if (high != 0 && (c < 0x80 || high >= 0x10000)) {
        high_in_value_ = 0;
        const bool big5 = is_big5_full_stop(high, c);
        if (big5 || is_full_stop(high)) {
            page_.put('.');
            put_in_value('.');
            if (big5) return true;
        } else {
            for (const int shift : {16, 8, 0}) {
                if (shift != 0 && high >> shift == 0) continue;
                page_.put(static_cast<std::uint8_t>(high >> shift));
                put_in_value(static_cast<std::uint8_t>(high >> shift));
            }
        }
    }
    if (c >= 0x80) {
        high_in_value_ = high_in_value_ << 8 | c;
    } else {
        page_.put(to_lower(c));
        put_in_value(c);
    }
    return true;
}

bool FormMachine::on_reference(std::uint8_t c) {
    if (c != '#') return go(State::named_reference);
    number_ = 0;
    hexadecimal_ = false;
    state_ = State::numeric_reference;
    return true;
}

void FormMachine::put_undecoded() {
    const bool in_value = next_ == State::value;
    page_.put('&');
    if (in_value) put_in_value('&');
    for (const char c : name_) {
        const std::uint8_t lower = to_lower(static_cast<std::uint8_t>(c));
        page_.put(lower);
        if (in_value) put_in_value(lower);
    }
}

// Latin-1 as its octet, the rest as a hexadecimal reference of four digits.
void FormMachine::put_code_point(std::uint16_t code_point) {
    std::string text;
    if (code_point == 0) return;
    if (code_point < 0xff) {
        text = static_cast<char>(code_point);
    } else if (code_point == 0x3002 || code_point == 0xff0e || code_point == 0xfe52) {
        text = ".";
    } else {
        text = "&#x0000;";
        for (std::size_t i = 0; i < 4; ++i) {
            text[6 - i] = "0123456789abcdef"[code_point >> (4 * i) & 0xf];
        }
    }
    page_.put(text);
    if (next_ != State::value || state_ != State::named_reference) return;
    for (const char c : text) put_in_value(static_cast<std::uint8_t>(c));
}

bool FormMachine::on_named_reference(std::uint8_t c) {
    if (c == ';') {
        if (const std::uint16_t code_point = entity(name_)) {
            put_code_point(code_point);
        } else {
            put_undecoded();
            page_.put(';');
            if (next_ == State::value) put_in_value(';');
        }
        name_.clear();
        state_ = next_;
        return true;
    }
    const bool in_name = is_letter(c) || is_digit(c) || c == '_' || c == ':' || c == '-';
    if (in_name && name_.size() < longest_value) {
        name_.push_back(static_cast<char>(c));
        return true;
    }
    put_undecoded();
    name_.clear();
    return go(next_);
}

// Beyond 63 bits, and at the first octet that is no digit, what was read so far goes out as one octet.
bool FormMachine::on_numeric_reference(std::uint8_t c) {
    constexpr std::int64_t most = INT64_MAX;
    if (number_ == 0 && (c == 'x' || c == 'X')) {
        hexadecimal_ = true;
        return true;
    }
    if (c == ';') {
        if (next_ == State::value) put_in_value(static_cast<std::uint8_t>(number_));
        if (number_ < 0x80) page_.put(to_lower(static_cast<std::uint8_t>(number_)));
        else put_code_point(static_cast<std::uint16_t>(number_));
        state_ = next_;
        return true;
    }
    const int digit = is_digit(c) || hexadecimal_ ? hex_value(c) : -1;
    if (digit < 0) {
        page_.put(static_cast<std::uint8_t>(number_));
        return go(next_);
    }
    const bool too_large = number_ >= most / 10;
    if (!too_large) number_ *= hexadecimal_ && number_ < most / 16 ? 16 : 10;
    if (too_large || number_ > most - digit) {
        page_.put(static_cast<std::uint8_t>(number_));
        state_ = next_;
        return true;
    }
    number_ += digit;
    return true;
}

bool FormMachine::step_in_data(std::uint8_t c) {
    switch (state_) {
        case State::data_type: return on_data_type(c);
        case State::data_begin:
            binary_ = true;
            return go(State::data);
        case State::data_escape:
            --escape_left_;
            if (escape_left_ == 0 || hex_value(c) < 0) state_ = State::data;
            return true;
        case State::data_end: return on_data_end();
        default: return on_data(c);
    }
}

// Nothing of a data: URI is in the forms: it is scanned as a content of its own (carried.h).
bool FormMachine::on_data_type(std::uint8_t c) {
    const bool closes = (c == '\'' && quote_ == Quote::single) || (c == '"' && quote_ == Quote::twice);
    const bool ends = c == '>' || is_blank(c);
    if (closes || (ends && quote_ == Quote::none)) {
        attribute_.clear();
        return skip_then(State::attribute, closes);
    }
    if (ends) {
        quote_ = Quote::none;
        return skip_then(State::data_type, true);
    }
    if (c == ',') state_ = State::data_begin;
    return true;
}

bool FormMachine::on_data(std::uint8_t c) {
    const bool closes = (c == '\'' && quote_ == Quote::single) || (c == '"' && quote_ == Quote::twice) ||
                        (quote_ == Quote::none && (c == '>' || is_blank(c)));
    if (closes) {
        state_ = State::data_end;
    } else if (c == '&') {
        next_ = State::data;
        state_ = State::reference;
    } else if (c == '%') {
        escape_left_ = 2;
        state_ = State::data_escape;
    }
    return true;
}

bool FormMachine::on_data_end() {
    binary_ = false;
    quote_ = Quote::none;
    return skip_then(State::attribute, false);
}

}  // namespace postern::engine::html
