// SPDX-License-Identifier: Apache-2.0
// yEnc over chunks: octets moved by 42, '=' escaping a few, framed by "=ybegin" and "=yend" lines.
//
// Lines outside a frame are skipped when the frame was seen, so the whole of a text may be handed
// in.
//
// Invariant: the output does not depend on how the input is cut into chunks.
#pragma once

#include "mime/buffer.h"
#include "mime/transfer_encoding.h"

#include <array>
#include <optional>
#include <string_view>

namespace postern::mime {

class YencDecoder {
public:
    void decode(std::span<const std::byte> chunk, Buffer& out);
    DecodeResult finish(Buffer& out);

    static std::size_t bound(std::size_t n) { return n + 16; }

private:
    enum class State : std::uint8_t { line_start, maybe_keyword, keyword, data, escape };

    void take(char c, Buffer& out);
    void put(char c, Buffer& out);
    void end_keyword();

    State state_ = State::line_start;
    bool inside_ = false;
    std::array<char, 8> keyword_{};  // "=ybegin" or as much as tells it from the others
    std::size_t keyword_size_ = 0;
    DecodeResult result_;
};

// The name in a "=ybegin line=128 size=9 name=..." line; nothing when the line is none.
std::optional<std::string_view> yenc_begin(std::string_view line);

}  // namespace postern::mime
