// SPDX-License-Identifier: Apache-2.0
// ContainerKeys: whose signature containers must have. Keys are the user's; none is built in.
//
// A text, in which # begins a comment:
//   header MODULUS EXPONENT     RSA over the MD5 in a container's header: the oldest scheme
//   info MODULUS EXPONENT       RSA-PSS (SHA-256) over its .info, the last line of which it is
//   -----BEGIN CERTIFICATE----- ... of an authority; detached signatures (.sign) must come from a
//                               certificate that it, or one between, has issued
// Numbers are decimal, or hexadecimal after 0x. Each may stand more than once: any of them will do.
//
// The second door to OpenSSL, beside hasher.h. Immutable once read; thread-safe.
#pragma once

#include "signatures/diagnostic.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace postern::signatures {

enum class Verified : std::uint8_t {
    no_key,  // nothing of this kind is configured
    yes,
    no,  // by none of the keys: forged, or another's
};

class ContainerKeys {
public:
    ContainerKeys();
    ~ContainerKeys();
    ContainerKeys(ContainerKeys&&) noexcept;

    // Adds the keys of a text; lines that are none are told.
    void add(std::string_view name, std::string_view text, Diagnostics& diagnostics);

    Verified verify_header(std::span<const std::uint8_t> md5, std::string_view signature) const;
    Verified verify_info(std::span<const std::uint8_t> sha256, std::string_view signature) const;
    // `signatures`: a .sign file, of lines "MIN:MAX:pkcs7-pem:BASE64", or PKCS #7 in PEM.
    Verified verify_detached(std::span<const std::byte> content, std::string_view signatures) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
