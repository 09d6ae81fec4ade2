// SPDX-License-Identifier: Apache-2.0
// Uuencode over chunks: "begin 644 name", lines of a length character and its data, "end".
//
// Lines before "begin" and between "end" and the next "begin" are skipped, unless they are data lines to
// the letter: some mail has the data without its frame. Blanks that transport took off a line's end are
// put back; a checksum character behind the data is dropped.
//
// Invariant: the output does not depend on how the input is cut into chunks.
#pragma once

#include "mime/buffer.h"
#include "mime/transfer_encoding.h"

#include <array>
#include <optional>
#include <string_view>

namespace postern::mime {

class UuencodeDecoder {
public:
    void decode(std::span<const std::byte> chunk, Buffer& out);
    DecodeResult finish(Buffer& out);

    static std::size_t bound(std::size_t n) { return n / 2 * 3 + free_fill + 128; }

private:
    // Blanks put back are zeros that nobody sent: no more of them than of octets sent, beyond this many.
    static constexpr std::size_t free_fill = 4096;
    // The longest data line has 63 octets in 84 characters; what is longer is cut and is no data.
    static constexpr std::size_t longest_line = 128;

    void end_line(Buffer& out);
    void decode_line(std::string_view line, Buffer& out);

    std::array<char, longest_line> line_{};
    std::size_t line_size_ = 0;
    std::size_t present_ = 0;  // octets out of characters that were there
    std::size_t filled_ = 0;   // octets out of blanks that were put back
    bool inside_ = false;
    DecodeResult result_;
};

// The name in a "begin 644 name" line (any number of octal digits); nothing when the line is none.
std::optional<std::string_view> uuencode_begin(std::string_view line);
// True when the line is a data line to the letter.
bool is_uuencode_data(std::string_view line);

}  // namespace postern::mime
