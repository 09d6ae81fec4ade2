// SPDX-License-Identifier: Apache-2.0
// FormMachine: the states behind normal_form.h. Internal to it.
#pragma once

#include "engine/html/normal_form.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::engine::html {

// Full stops of other scripts, which hide a host's name from who looks for ASCII: octets of UTF-8; and in
// Big5 one octet and the next.
constexpr bool is_full_stop(std::uint32_t octets) {
    return octets == 0xe38082 || octets == 0xefbc8e || octets == 0xefb992;
}
constexpr bool is_big5_full_stop(std::uint32_t octets, std::uint8_t next) {
    return octets == 0xa1 && (next == 0x43 || next == 0x44 || next == 0x4f);
}

// A name of which only short ones matter: its beginning and its length.
class ShortName {
public:
    void clear() { length_ = 0; }
    void add(std::uint8_t c) {
        if (length_ < kept_.size()) kept_[length_] = static_cast<char>(c);
        ++length_;
    }
    std::size_t length() const { return length_; }
    bool operator==(std::string_view name) const {
        return length_ == name.size() && std::string_view(kept_.data(), length_) == name;
    }

private:
    std::array<char, 16> kept_{};
    std::size_t length_ = 0;
};

// Where a form is written. REQUIRES: room for what is put (FormMachine::feed makes it).
class FormWriter {
public:
    explicit FormWriter(mime::Buffer& out) : out_(out) {}
    void make_room(std::size_t n);
    void commit();
    void put(std::uint8_t c) { *to_++ = std::byte{c}; }
    void put(std::string_view text) {
        for (const char c : text) put(static_cast<std::uint8_t>(c));
    }
    // Takes back the last octet that was put, if there is one.
    void take_back();
    std::byte* position() { return to_; }
    void advance(std::size_t n) { to_ += n; }

private:
    mime::Buffer& out_;
    std::byte* begin_ = nullptr;
    std::byte* to_ = nullptr;
};

class FormMachine {
public:
    static constexpr std::size_t longest_value = 1024;  // what lies behind is not kept
    static constexpr std::size_t beyond_scheme = 7;     // a value that begins with "data:" is known by then

    // No more than this is usually written to a form of so large a page.
    static std::size_t usual_size(std::size_t page);

    explicit FormMachine(NormalForms& forms)
        : forms_(forms), page_(forms.no_comment), text_(forms.no_tags) {}

    // The next piece of the page; pieces lie one behind the other in memory.
    void feed(std::span<const std::byte> piece);
    void finish();

private:
    enum class State : std::uint8_t {
        text,
        high_octets,      // of an 8-bit character in text
        skip_blanks,      // then next_
        trim_blanks,      // one blank, then next_
        tag,              // a tag's name
        attribute,        // an attribute's name
        after_attribute,  // '=' may follow
        value,
        tag_end,  // behind '>'
        comment,  // any "<!"
        reference,
        named_reference,
        numeric_reference,
        data_type,  // of a data: URI, up to the comma
        data_begin,
        data,
        data_escape,
        data_end,
    };
    enum class Inside : std::uint8_t { page, script, style };
    enum class Quote : std::uint8_t { none, single, twice };

    bool step(std::uint8_t c);  // the steps are true when they used the octet up
    bool step_in_data(std::uint8_t c);
    void run();
    void text_run();
    void script_run();
    void value_run();
    void name_run(ShortName& name);
    void blank_run();
    void plain_run();

    bool on_text(std::uint8_t c);
    bool on_high_octets(std::uint8_t c);
    bool on_trim_blanks(std::uint8_t c);
    bool on_tag(std::uint8_t c);
    bool on_attribute(std::uint8_t c);
    bool on_after_attribute(std::uint8_t c);
    bool on_value(std::uint8_t c);
    bool on_value_quote(std::uint8_t c);
    bool on_value_end(std::uint8_t c);
    bool on_value_octet(std::uint8_t c);
    bool on_tag_end();
    bool on_comment(std::uint8_t c);
    bool on_reference(std::uint8_t c);
    bool on_named_reference(std::uint8_t c);
    bool on_numeric_reference(std::uint8_t c);
    bool on_data_type(std::uint8_t c);
    bool on_data(std::uint8_t c);
    bool on_data_end();

    bool go(State state);                     // false: the octet is for that state
    bool skip_then(State state, bool used);
    void back_from_reference();
    void begin_value();
    void space_in_text();
    void put_high(std::uint32_t octets);
    void put_code_point(std::uint16_t code_point);
    void put_in_value(std::uint8_t c);
    void put_undecoded();
    void add_attribute(bool with_value);
    void end_page_tag();
    bool begins_data_uri() const;

    NormalForms& forms_;
    FormWriter page_;
    FormWriter text_;
    const std::byte* p_ = nullptr;
    const std::byte* end_ = nullptr;

    State state_ = State::text;
    State next_ = State::text;
    Inside inside_ = Inside::page;
    Quote quote_ = Quote::none;
    bool space_written_ = false;         // in the no-tags form
    bool binary_ = false;                // inside a data: URI
    bool hexadecimal_ = false;
    unsigned escape_left_ = 0;           // digits that may follow '%'
    std::uint32_t high_ = 0;             // octets of an 8-bit character in text
    std::uint32_t high_in_value_ = 0;    // the same in an attribute's value
    std::int64_t number_ = 0;            // of a numeric reference
    ShortName tag_;
    ShortName attribute_;
    std::string name_;                   // of a named reference
    std::string value_;                  // of an attribute, as much as somebody asks for
    std::size_t value_kept_ = 0;
    std::string address_;                // of the tag's link or picture
    bool has_address_ = false;
    const std::byte* script_ = nullptr;  // where the open script begins
};

}  // namespace postern::engine::html
