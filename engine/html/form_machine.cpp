// SPDX-License-Identifier: Apache-2.0
// The machine's drive, the runs of plain octets that need no states, text, and tags.
#include "engine/html/form_machine.h"

#include "engine/html/eight_octets.h"
#include "engine/html/entities.h"

#include <algorithm>

namespace postern::engine::html {

namespace {

constexpr std::size_t piece_size = 65536;
// What a step may put besides the octet itself: an unfinished reference, a link's address.
constexpr std::size_t most_at_once = 2 * FormMachine::longest_value + 64;

}  // namespace

// The last octet stays outside the buffer's size, so that it can be taken back later.
void FormWriter::make_room(std::size_t n) {
    const bool some = to_ != begin_;
    const std::byte last = some ? to_[-1] : std::byte{0};
    if (some) out_.commit(static_cast<std::size_t>(to_ - begin_) - 1);
    to_ = begin_ = out_.grow(n + 1);
    if (some) *to_++ = last;
}

void FormWriter::commit() {
    out_.commit(static_cast<std::size_t>(to_ - begin_));
    begin_ = to_;
}

void FormWriter::take_back() {
    if (to_ != begin_) --to_;
}

std::size_t FormMachine::usual_size(std::size_t page) {
    return page + 2 * std::min(page, piece_size) + most_at_once + 1;
}

void FormMachine::feed(std::span<const std::byte> piece) {
    page_.make_room(2 * piece.size() + most_at_once);
    text_.make_room(2 * piece.size() + most_at_once);
    p_ = piece.data();
    end_ = p_ + piece.size();
    run();
}

void FormMachine::run() {
    while (p_ != end_) {
        plain_run();
        if (p_ == end_) return;
        auto c = static_cast<std::uint8_t>(*p_);
        if (c == 0 || (c == '\r' && !binary_)) {
            ++p_;
            continue;
        }
        if (c == '\n' && !binary_) c = ' ';
        if (step(c)) ++p_;
    }
}

// What the state does with plain octets, as many as there are: quicker than its steps, and no different.
void FormMachine::plain_run() {
    const bool in_page = inside_ == Inside::page;
    switch (state_) {
        case State::text: in_page ? text_run() : script_run(); break;
        case State::value: value_run(); break;
        case State::attribute: name_run(attribute_); break;
        case State::tag:
            if (in_page) name_run(tag_);
            break;
        case State::skip_blanks:
        case State::trim_blanks: blank_run(); break;
        case State::comment:
            if (in_page) p_ = std::find(p_, end_, std::byte{'>'});
            break;
        default: break;
    }
}

bool FormMachine::step(std::uint8_t c) {
    switch (state_) {
        case State::text: return on_text(c);
        case State::high_octets: return on_high_octets(c);
        case State::skip_blanks: return is_blank(c) || go(next_);
        case State::trim_blanks: return on_trim_blanks(c);
        case State::tag: return on_tag(c);
        case State::attribute: return on_attribute(c);
        case State::after_attribute: return on_after_attribute(c);
        case State::value: return on_value(c);
        case State::tag_end: return on_tag_end();
        case State::comment: return on_comment(c);
        case State::reference: return on_reference(c);
        case State::named_reference: return on_named_reference(c);
        case State::numeric_reference: return on_numeric_reference(c);
        default: return step_in_data(c);
    }
}

bool FormMachine::go(State state) {
    state_ = state;
    return false;
}

bool FormMachine::skip_then(State state, bool used) {
    state_ = State::skip_blanks;
    next_ = state;
    return used;
}

// A blank between two plain octets is plain too: it is written as it is to both forms.
void FormMachine::text_run() {
    constexpr EightOctets::Mask first = 0x80;
    constexpr EightOctets::Mask last = first << 56;
    while (end_ - p_ >= 8) {
        const EightOctets octets(p_);
        const EightOctets::Mask special =
            octets.below(0x20) | octets.equal('<') | octets.equal('&') | octets.beyond_ascii();
        const EightOctets::Mask blanks = octets.equal(' ');
        EightOctets::Mask stops = special | (blanks & ((special | blanks) >> 8)) | (blanks & last);
        if (space_written_) stops |= blanks & first;
        octets.write_lower_case(page_.position());
        octets.write_lower_case(text_.position());
        const std::size_t plain = stops == 0 ? 8 : EightOctets::before(stops);
        page_.advance(plain);
        text_.advance(plain);
        p_ += plain;
        if (plain != 0) space_written_ = false;
        if (plain != 8) return;
    }
}

void FormMachine::script_run() {
    while (end_ - p_ >= 8) {
        const EightOctets octets(p_);
        const EightOctets::Mask stops =
            octets.below(0x21) | octets.equal('<') | octets.equal('&') | octets.beyond_ascii();
        octets.write_with_double_quotes(page_.position());
        const std::size_t plain = stops == 0 ? 8 : EightOctets::before(stops);
        page_.advance(plain);
        p_ += plain;
        if (plain != 8) return;
    }
}

void FormMachine::space_in_text() {
    if (space_written_ || inside_ != Inside::page) return;
    text_.put(' ');
    space_written_ = true;
}

bool FormMachine::on_text(std::uint8_t c) {
    if (c == '<') {
        page_.put('<');
        space_in_text();
        tag_.clear();
        return skip_then(State::tag, true);
    }
    if (is_blank(c)) {
        space_in_text();
        next_ = State::text;
        return go(State::trim_blanks);
    }
    if (c == '&') {
        space_in_text();
        next_ = State::text;
        state_ = State::reference;
        return true;
    }
    if (c >= 0x80) {
        high_ = c;
        state_ = State::high_octets;
        return true;
    }
    const std::uint8_t lower = to_lower(c);
    page_.put(lower == '\'' && inside_ != Inside::page ? '"' : lower);
    if (inside_ != Inside::page) return true;
    if (c < 0x20) {
        space_in_text();
    } else {
        text_.put(lower);
        space_written_ = false;
    }
    return true;
}

bool FormMachine::on_trim_blanks(std::uint8_t c) {
    if (is_blank(c)) return true;
    if (inside_ == Inside::page) page_.put(' ');
    return go(next_);
}

bool FormMachine::on_high_octets(std::uint8_t c) {
    if (c >= 0x80 && high_ < 0x10000) {
        high_ = high_ << 8 | c;
        return true;
    }
    const bool big5 = is_big5_full_stop(high_, c);
    if (big5 || is_full_stop(high_)) {
        page_.put('.');
        text_.put('.');
    } else {
        put_high(high_);
    }
    high_ = 0;
    return big5 || go(State::text);  // ClamAV stays in this state behind Big5's, and puts a NUL next
}

// In the no-tags form the last octet of a character is the one before it, as ClamAV has it.
void FormMachine::put_high(std::uint32_t octets) {
    const auto first = static_cast<std::uint8_t>(octets >> 16);
    const auto second = static_cast<std::uint8_t>(octets >> 8);
    if (first != 0) {
        page_.put(first);
        text_.put(first);
    }
    if (second != 0) {
        page_.put(second);
        text_.put(second);
    }
    page_.put(static_cast<std::uint8_t>(octets));
    text_.put(second);
}

bool FormMachine::on_tag(std::uint8_t c) {
    const bool in_page = inside_ == Inside::page;
    if (tag_.length() == 0 && c == '!') {
        in_page ? page_.take_back() : page_.put('!');
        state_ = State::comment;
        return true;
    }
    if (c == '>') {
        page_.put('>');
        return skip_then(State::tag_end, true);
    }
    if (is_blank(c)) {
        attribute_.clear();
        return skip_then(in_page ? State::attribute : State::tag_end, false);
    }
    page_.put(to_lower(c));
    if (!in_page && tag_.length() == 0 && c != '/') state_ = State::text;
    tag_.add(to_lower(c));
    return true;
}

bool FormMachine::on_comment(std::uint8_t c) {
    if (inside_ != Inside::page && !is_blank(c)) page_.put(c == '\'' ? '"' : to_lower(c));
    return c == '>' ? skip_then(State::text, true) : true;
}

bool FormMachine::on_tag_end() {
    if (tag_ == "/script") {
        inside_ = Inside::page;
        if (script_ != nullptr) forms_.scripts.emplace_back(script_, p_);
        script_ = nullptr;
    } else if (tag_ == "/style" && inside_ == Inside::style) {
        inside_ = Inside::page;
    } else if (tag_ == "script") {
        inside_ = Inside::script;
        if (script_ == nullptr) script_ = p_;
    } else if (tag_ == "style") {
        inside_ = Inside::style;
    } else {
        end_page_tag();
    }
    has_address_ = false;
    address_.clear();
    return skip_then(State::text, false);
}

// The address of a link or picture goes before its text.
void FormMachine::end_page_tag() {
    if (address_.empty()) return;
    text_.put(address_);
    text_.put(' ');
    space_written_ = true;
}

void FormMachine::finish() {
    if (script_ != nullptr) forms_.scripts.emplace_back(script_, end_);
    if (!name_.empty()) {
        const std::uint16_t code_point = entity(name_);
        if (code_point != 0) put_code_point(code_point);
        else put_undecoded();
    }
    page_.commit();
    text_.commit();
}

NormalForms normal_forms(std::span<const std::byte> page) {
    NormalForms forms;
    forms.no_comment.reserve(FormMachine::usual_size(page.size()));
    forms.no_tags.reserve(FormMachine::usual_size(page.size()));
    FormMachine machine(forms);
    for (std::size_t at = 0; at < page.size(); at += piece_size) {
        machine.feed(page.subspan(at, std::min(piece_size, page.size() - at)));
    }
    if (!page.empty()) machine.finish();
    return forms;
}

}  // namespace postern::engine::html
