// SPDX-License-Identifier: Apache-2.0
#include "mime/quoted_printable.h"

#include <cstring>

namespace postern::mime {

namespace {

consteval std::array<signed char, 256> make_hex_values() {
    std::array<signed char, 256> values{};
    values.fill(-1);
    for (int i = 0; i < 10; ++i)
        values[static_cast<std::size_t>('0' + i)] = static_cast<signed char>(i);
    for (int i = 0; i < 6; ++i) {
        values[static_cast<std::size_t>('A' + i)] = static_cast<signed char>(10 + i);
        values[static_cast<std::size_t>('a' + i)] = static_cast<signed char>(10 + i);
    }
    return values;
}

constexpr std::array<signed char, 256> hex_values = make_hex_values();

// The value of a hex digit, or -1.
int hex_value(char c) {
    return hex_values[static_cast<unsigned char>(c)];
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// A run this short is copied octet by octet; only then is memchr worth its call.
constexpr std::ptrdiff_t short_run = 16;

// Copies up to the next '=' or the end; returns where it stopped.
const char* copy_run(const char* in, const char* end, char*& out) {
    const char* const soon = end - in > short_run ? in + short_run : end;
    while (in != soon && *in != '=') *out++ = *in++;
    if (in != soon || in == end) return in;
    const auto left = static_cast<std::size_t>(end - in);
    const void* escape = std::memchr(in, '=', left);
    const std::size_t size =
        escape == nullptr ? left : static_cast<std::size_t>(static_cast<const char*>(escape) - in);
    std::memcpy(out, in, size);
    out += size;
    return in + size;
}

}  // namespace

struct QuotedPrintableDecoder::Cursor {
    const char* in;
    const char* end;
    char* out;
};

void QuotedPrintableDecoder::decode(std::span<const std::byte> chunk, Buffer& out) {
    char* const first = reinterpret_cast<char*>(out.grow(bound(chunk.size())));
    const char* const in = reinterpret_cast<const char*>(chunk.data());
    Cursor cursor{in, in + chunk.size(), first};
    while (cursor.in != cursor.end) step(cursor);
    out.commit(static_cast<std::size_t>(cursor.out - first));
}

// The common escapes, whole and in sight, do not go through the state.
void QuotedPrintableDecoder::step(Cursor& cursor) {
    const char* const in = cursor.in;
    if (after_soft_cr_) {
        after_soft_cr_ = false;
        if (*in == '\n') {
            ++cursor.in;
            return;
        }
    }
    if (pending_size_ > 0) {
        if (take(*in, cursor.out)) ++cursor.in;
    } else if (*in != '=') {
        cursor.in = copy_run(in, cursor.end, cursor.out);
    } else if (cursor.end - in >= 3 && in[1] == '\r' && in[2] == '\n') {
        cursor.in += 3;
    } else if (cursor.end - in >= 3 && hex_value(in[1]) >= 0 && hex_value(in[2]) >= 0) {
        *cursor.out++ = static_cast<char>(hex_value(in[1]) * 16 + hex_value(in[2]));
        cursor.in += 3;
    } else {
        open();
        ++cursor.in;
    }
}

DecodeResult QuotedPrintableDecoder::finish(Buffer& out) {
    // A '=' at the very end is a soft line break whose line end was cut off.
    if (pending_size_ == 1) {
        pending_size_ = 0;
        result_.truncated = true;
    }
    char* const first = reinterpret_cast<char*>(out.grow(max_pending));
    char* end = first;
    give_up(end);
    out.commit(static_cast<std::size_t>(end - first));
    return result_;
}

void QuotedPrintableDecoder::open() {
    pending_[0] = '=';
    pending_size_ = 1;
}

bool QuotedPrintableDecoder::take(char octet, char*& out) {
    const char last = pending_[pending_size_ - 1];
    const bool only_blanks = pending_size_ == 1 || is_blank(last);
    if (only_blanks && (octet == '\n' || octet == '\r')) {
        after_soft_cr_ = octet == '\r';
        pending_size_ = 0;
        return true;
    }
    const bool fits = pending_size_ < max_pending;
    const bool first_digit = pending_size_ == 1 && hex_value(octet) >= 0;
    if (fits && (first_digit || (only_blanks && is_blank(octet)))) {
        pending_[pending_size_++] = octet;
        return true;
    }
    if (pending_size_ == 2 && hex_value(last) >= 0 && hex_value(octet) >= 0) {
        *out++ = static_cast<char>(hex_value(last) * 16 + hex_value(octet));
        pending_size_ = 0;
        return true;
    }
    give_up(out);
    return false;
}

// What looked like an escape is none: it stands for itself.
void QuotedPrintableDecoder::give_up(char*& out) {
    if (pending_size_ == 0) return;
    ++result_.junk;
    std::memcpy(out, pending_.data(), pending_size_);
    out += pending_size_;
    pending_size_ = 0;
}

}  // namespace postern::mime
