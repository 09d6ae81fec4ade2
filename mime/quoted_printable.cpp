// SPDX-License-Identifier: Apache-2.0
#include "mime/quoted_printable.h"

#include <cstring>

namespace postern::mime {

namespace {

// The value of a hex digit, or -1.
int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void append(Buffer& out, const char* first, std::size_t size) {
    out.append(std::as_bytes(std::span(first, size)));
}

}  // namespace

void QuotedPrintableDecoder::decode(std::span<const std::byte> chunk, Buffer& out) {
    out.grow(chunk.size() + max_pending);
    const char* in = reinterpret_cast<const char*>(chunk.data());
    const char* const end = in + chunk.size();
    while (in != end) {
        if (after_soft_cr_) {
            after_soft_cr_ = false;
            if (*in == '\n') {
                ++in;
                continue;
            }
        }
        if (pending_size_ > 0) {
            if (take(*in, out)) ++in;
            continue;
        }
        // The common escape, whole and in sight, without going through the state.
        if (*in == '=' && end - in >= 3 && hex_value(in[1]) >= 0 && hex_value(in[2]) >= 0) {
            const auto octet = static_cast<std::byte>(hex_value(in[1]) * 16 + hex_value(in[2]));
            out.append({&octet, 1});
            in += 3;
            continue;
        }
        if (*in == '=') {
            open();
            ++in;
            continue;
        }
        const void* escape = std::memchr(in, '=', static_cast<std::size_t>(end - in));
        const char* const stop = escape == nullptr ? end : static_cast<const char*>(escape);
        append(out, in, static_cast<std::size_t>(stop - in));
        in = stop;
    }
}

DecodeResult QuotedPrintableDecoder::finish(Buffer& out) {
    // A '=' at the very end is a soft line break whose line end was cut off.
    if (pending_size_ == 1) {
        pending_size_ = 0;
        result_.truncated = true;
    }
    give_up(out);
    return result_;
}

void QuotedPrintableDecoder::open() {
    pending_[0] = '=';
    pending_size_ = 1;
}

bool QuotedPrintableDecoder::take(char octet, Buffer& out) {
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
        const auto decoded = static_cast<std::byte>(hex_value(last) * 16 + hex_value(octet));
        out.append({&decoded, 1});
        pending_size_ = 0;
        return true;
    }
    give_up(out);
    return false;
}

// What looked like an escape is none: it stands for itself.
void QuotedPrintableDecoder::give_up(Buffer& out) {
    if (pending_size_ == 0) return;
    ++result_.junk;
    append(out, pending_.data(), pending_size_);
    pending_size_ = 0;
}

}  // namespace postern::mime
