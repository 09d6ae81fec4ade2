// SPDX-License-Identifier: Apache-2.0
#include "mime/base64.h"

#include "mime/base64_alphabet.h"

#include <cstring>

namespace postern::mime {

namespace {

// After a kernel that hardly got anywhere (junk everywhere) this many octets are walked before the
// next attempt, so that starting it never costs more than walking.
constexpr std::size_t long_walk = 96;
constexpr std::size_t good_progress = 24;

}  // namespace

struct Base64Decoder::Cursor {
    const std::uint8_t* in;
    const std::uint8_t* end;
    std::uint8_t* out;
};

void Base64Decoder::decode(std::span<const std::byte> chunk, Buffer& out) {
    auto* const first =
        reinterpret_cast<std::uint8_t*>(out.grow(bound(chunk.size()) + base64_kernel_slack));
    const auto* in = reinterpret_cast<const std::uint8_t*>(chunk.data());
    Cursor cursor{in, in + chunk.size(), first};
    while (cursor.in != cursor.end) {
        std::size_t walk = 1;
        if (kernel_ != nullptr && sextets_ == 0 && !after_padding_ && !stopped_) {
            const Base64Progress progress = kernel_({cursor.in, cursor.end}, cursor.out);
            cursor.in += progress.consumed;
            cursor.out += progress.written;
            if (progress.consumed < good_progress) walk = long_walk;
        }
        decode_slowly(cursor, walk);
    }
    out.commit(static_cast<std::size_t>(cursor.out - first));
}

DecodeResult Base64Decoder::finish(Buffer& out) {
    result_.truncated = sextets_ != 0;
    auto* const first = reinterpret_cast<std::uint8_t*>(out.grow(bound(0)));
    Cursor cursor{nullptr, nullptr, first};
    end_quantum(cursor);
    out.commit(static_cast<std::size_t>(cursor.out - first));
    return result_;
}

// Walks `at_least` octets, then on to where a kernel could go on.
void Base64Decoder::decode_slowly(Cursor& cursor, std::size_t at_least) {
    for (; cursor.in != cursor.end; ++cursor.in) {
        const bool resumable = sextets_ == 0 && !after_padding_ && kernel_ != nullptr;
        if (at_least == 0 && resumable) return;
        if (at_least > 0) --at_least;
        take(*cursor.in, cursor);
    }
}

void Base64Decoder::take(std::uint8_t octet, Cursor& cursor) {
    const std::uint8_t value = base64::values[octet];
    if (value < 64) {
        if (after_padding_) result_.padding_in_the_middle = true;
        if (stopped_) return;
        after_padding_ = false;
        bits_ = bits_ << 6 | value;
        if (++sextets_ == 4) {
            *cursor.out++ = static_cast<std::uint8_t>(bits_ >> 16);
            *cursor.out++ = static_cast<std::uint8_t>(bits_ >> 8);
            *cursor.out++ = static_cast<std::uint8_t>(bits_);
            sextets_ = 0;
            bits_ = 0;
        }
    } else if (value == base64::padding) {
        after_padding_ = true;
        if (padding_ == Base64Padding::ignore) return;
        end_quantum(cursor);
        stopped_ = padding_ == Base64Padding::stop;
    } else if (value == base64::junk && !stopped_) {
        ++result_.junk;
    }
}

// A quantum of two sextets holds one octet, one of three holds two; a single sextet holds none.
void Base64Decoder::end_quantum(Cursor& cursor) {
    if (sextets_ == 2) {
        *cursor.out++ = static_cast<std::uint8_t>(bits_ >> 4);
    } else if (sextets_ == 3) {
        *cursor.out++ = static_cast<std::uint8_t>(bits_ >> 10);
        *cursor.out++ = static_cast<std::uint8_t>(bits_ >> 2);
    }
    sextets_ = 0;
    bits_ = 0;
}

bool has_padding_in_the_middle(std::span<const std::byte> bytes) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const auto* last = first + bytes.size();
    if (bytes.empty()) return false;
    const void* found = std::memchr(first, '=', bytes.size());
    if (found == nullptr) return false;
    for (const auto* p = static_cast<const std::uint8_t*>(found); p != last; ++p) {
        if (base64::values[*p] < 64) return true;
    }
    return false;
}

std::uint8_t base64_value(std::uint8_t octet) {
    return base64::values[octet];
}

}  // namespace postern::mime
