// SPDX-License-Identifier: Apache-2.0
// BinHex 4.0 (RFC 1741 appendix A) over chunks: six bits a character between two colons, run-length
// coded, inside a small file header and two forks. The data fork comes out first, the resource fork
// behind it.
//
// Invariants
//  (1) The output does not depend on how the input is cut into chunks.
//  (2) No more comes out than the header's fork lengths say, and no more than bound().
#pragma once

#include "mime/buffer.h"
#include "mime/transfer_encoding.h"

#include <string>

namespace postern::mime {

class BinhexDecoder {
public:
    void decode(std::span<const std::byte> chunk, Buffer& out);
    DecodeResult finish(Buffer& out);

    // A run of 255 takes two octets, or 2.7 characters.
    static std::size_t bound(std::size_t n) { return n * 96 + 16; }

    // The name in the file header, as far as it was decoded.
    const std::string& name() const { return name_; }

private:
    enum class State : std::uint8_t { before, inside, after };
    enum class Field : std::uint8_t { name_length, name, rest, data, data_crc, resource, end };

    void take(char c, Buffer& out);
    void take_octet(std::uint8_t octet, Buffer& out);  // before run-length decoding
    void put(std::uint8_t octet, std::size_t times, Buffer& out);
    std::size_t put_header(std::uint8_t octet);
    void enter(Field field, std::size_t size);

    State state_ = State::before;
    bool line_start_ = true;
    unsigned bits_ = 0;
    unsigned bit_count_ = 0;
    bool run_ = false;  // 0x90 was read: the next octet says how often
    std::uint8_t last_ = 0;
    Field field_ = Field::name_length;
    std::size_t field_left_ = 1;
    std::string name_;
    std::string rest_;  // version, type, creator, flags, the two lengths, CRC
    std::size_t resource_size_ = 0;
    DecodeResult result_;
};

// The line that mail readers look for.
inline constexpr std::string_view binhex_banner = "(This file must be converted with BinHex";

}  // namespace postern::mime
