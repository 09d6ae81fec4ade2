// SPDX-License-Identifier: Apache-2.0
#include "mime/binhex.h"

#include <algorithm>
#include <array>

namespace postern::mime {

namespace {

constexpr std::string_view alphabet =
    "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
constexpr std::uint8_t no_sextet = 64;
constexpr std::uint8_t run_marker = 0x90;
// Version 1, type 4, creator 4, flags 2, data length 4, resource length 4, CRC 2.
constexpr std::size_t rest_size = 21;
constexpr std::size_t crc_size = 2;

consteval std::array<std::uint8_t, 256> make_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_sextet);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}

constexpr std::array<std::uint8_t, 256> values = make_values();

std::size_t length_at(std::string_view header, std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(header[at + i]);
    return value;
}

}  // namespace

void BinhexDecoder::decode(std::span<const std::byte> chunk, Buffer& out) {
    for (const std::byte octet : chunk) {
        if (state_ == State::after) return;
        take(static_cast<char>(octet), out);
    }
}

DecodeResult BinhexDecoder::finish(Buffer&) {
    result_.truncated = state_ == State::inside && field_ != Field::end;
    return result_;
}

void BinhexDecoder::take(char c, Buffer& out) {
    const bool line_end = c == '\r' || c == '\n';
    if (state_ == State::before) {
        // The data begins with a colon at the start of a line.
        if (c == ':' && line_start_) state_ = State::inside;
        line_start_ = line_end;
        return;
    }
    if (line_end) return;
    if (c == ':') {
        if (bit_count_ > 0 || field_ != Field::name_length) state_ = State::after;
        return;
    }
    const std::uint8_t value = values[static_cast<std::uint8_t>(c)];
    if (value == no_sextet) {
        ++result_.junk;
        return;
    }
    bits_ = (bits_ << 6 | value) & 0xFFFF;
    bit_count_ += 6;
    if (bit_count_ < 8) return;
    bit_count_ -= 8;
    take_octet(static_cast<std::uint8_t>(bits_ >> bit_count_), out);
}

void BinhexDecoder::take_octet(std::uint8_t octet, Buffer& out) {
    if (run_) {
        run_ = false;
        if (octet == 0) {
            last_ = run_marker;  // 90 00 is the octet 90 itself
            put(run_marker, 1, out);
        } else {
            put(last_, octet - 1U, out);
        }
    } else if (octet == run_marker) {
        run_ = true;
    } else {
        last_ = octet;
        put(octet, 1, out);
    }
}

void BinhexDecoder::put(std::uint8_t octet, std::size_t times, Buffer& out) {
    while (times > 0 && field_ != Field::end) {
        if (field_ != Field::data && field_ != Field::resource && field_ != Field::data_crc) {
            times -= put_header(octet);
            continue;
        }
        const std::size_t now = std::min(times, field_left_);
        if (field_ != Field::data_crc) {
            std::fill_n(out.grow(now), now, static_cast<std::byte>(octet));
            out.commit(now);
        }
        times -= now;
        field_left_ -= now;
        if (field_left_ > 0) return;
        if (field_ == Field::data) {
            enter(Field::data_crc, crc_size);
        } else if (field_ == Field::data_crc) {
            enter(Field::resource, resource_size_);
        } else {
            enter(Field::end, 0);
        }
    }
}

// One octet of the file header; always takes it.
std::size_t BinhexDecoder::put_header(std::uint8_t octet) {
    --field_left_;
    if (field_ == Field::name_length) {
        enter(Field::name, std::size_t{octet} & 63);
        if (field_left_ == 0) enter(Field::rest, rest_size);
    } else if (field_ == Field::name) {
        name_ += static_cast<char>(octet);
        if (field_left_ == 0) enter(Field::rest, rest_size);
    } else {
        rest_ += static_cast<char>(octet);
        if (field_left_ > 0) return 1;
        resource_size_ = length_at(rest_, 15);
        enter(Field::data, length_at(rest_, 11));
        if (field_left_ == 0) enter(Field::data_crc, crc_size);
    }
    return 1;
}

void BinhexDecoder::enter(Field field, std::size_t size) {
    field_ = field;
    field_left_ = size;
    if (field == Field::resource && size == 0) field_ = Field::end;
}

}  // namespace postern::mime
