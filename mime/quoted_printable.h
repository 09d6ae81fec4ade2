// SPDX-License-Identifier: Apache-2.0
// Quoted-printable (RFC 2045 section 6.7) over chunks.
//
// Runs between two '=' are found by memchr and copied whole. Readers are tolerant and so is this:
// hex digits of either case, blanks between a soft '=' and its line end, CRLF, LF or CR as that
// line end, and an escape that is none passes through as it stands.
//
// Invariant: the output does not depend on how the input is cut into chunks.
#pragma once

#include "mime/buffer.h"
#include "mime/transfer_encoding.h"

#include <array>

namespace postern::mime {

class QuotedPrintableDecoder {
public:
    void decode(std::span<const std::byte> chunk, Buffer& out);
    DecodeResult finish(Buffer& out);

    static std::size_t bound(std::size_t n) { return n + max_pending; }

private:
    // An escape still open: '=' and what followed it. More blanks than fit are no soft line break.
    static constexpr std::size_t max_pending = 128;

    struct Cursor;
    void step(Cursor& cursor);
    // Takes one octet of an open escape; false when the octet does not belong to it.
    bool take(char octet, char*& out);
    void give_up(char*& out);
    void open();

    std::array<char, max_pending> pending_{};
    std::size_t pending_size_ = 0;
    bool after_soft_cr_ = false;  // an LF now still belongs to the soft line break
    DecodeResult result_;
};

}  // namespace postern::mime
