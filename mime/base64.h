// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 2045 section 6.8) over chunks, as tolerant as its readers are.
//
// Octets outside the alphabet are skipped and counted, lines may have any length, and what '=' does
// in the middle is for the caller to choose. The bulk goes through a SIMD kernel (base64_simd.h),
// which takes runs of clean lines; whatever it does not understand is walked octet by octet and
// handed back.
//
// Invariants
//  (1) The output and the result do not depend on how the input is cut into chunks.
//  (2) They do not depend on the kernel either: every kernel agrees with none at all.
#pragma once

#include "mime/base64_simd.h"
#include "mime/buffer.h"
#include "mime/reading.h"

namespace postern::mime {

class Base64Decoder {
public:
    explicit Base64Decoder(Base64Padding padding = Base64Padding::new_quantum,
                           Base64Kernel kernel = best_base64_kernel())
        : padding_(padding), kernel_(kernel) {}

    void decode(std::span<const std::byte> chunk, Buffer& out);
    // Writes what a last, short quantum holds. The decoder is not used afterwards.
    DecodeResult finish(Buffer& out);

    // No more octets than this come out of `n` encoded ones.
    static std::size_t bound(std::size_t n) { return n / 4 * 3 + 3; }

private:
    struct Cursor;
    void decode_slowly(Cursor& cursor, std::size_t at_least);
    void take(std::uint8_t octet, Cursor& cursor);
    void end_quantum(Cursor& cursor);

    Base64Padding padding_;
    Base64Kernel kernel_;
    std::uint32_t bits_ = 0;      // the sextets of the open quantum
    unsigned sextets_ = 0;        // how many they are, 0 to 3
    bool after_padding_ = false;  // a '=' was seen, and no data since
    bool stopped_ = false;
    DecodeResult result_;
};

// True when a '=' in `bytes` has data behind it, so that readers differ. Fast: looks at '=' alone.
bool has_padding_in_the_middle(std::span<const std::byte> bytes);

// The sextet of an octet of the alphabet, else 64 or more.
std::uint8_t base64_value(std::uint8_t octet);

}  // namespace postern::mime
