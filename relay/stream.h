// SPDX-License-Identifier: Apache-2.0
// Stream: octets over a socket that never blocks, in the clear or by TLS. It does what can be done at once and says
// what to wait for; waiting is the caller's.
#pragma once

#include "relay/tls_context.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace postern::relay {

class Stream {
public:
    enum class Wait : std::uint8_t { none, readable, writable, over };  // over: closed by the other side, or failed
    struct Result {
        std::size_t octets = 0;  // read or written
        Wait wait = Wait::none;  // what for, when there were none
    };

    // REQUIRES: `socket` does not block, and outlives the Stream, which does not close it.
    explicit Stream(int socket) : socket_(socket) {}
    ~Stream();
    Stream(const Stream&) = delete;

    Result read(std::span<char> buffer);
    Result write(std::string_view octets);

    // What can be read now is dropped: plain text that was sent ahead of the handshake.
    void drop_readable();
    void begin_tls(const std::shared_ptr<const TlsContext>& context);
    // `octets` is 1 when the handshake is done.
    Result handshake();
    bool is_tls() const { return tls_ != nullptr; }
    // "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256 bits)"
    std::string tls() const;
    // Tells the other side of the end, if that can be done at once.
    void close_tls();

private:
    Result outcome(int result) const;

    int socket_;
    void* tls_ = nullptr;  // SSL
    std::shared_ptr<const TlsContext> context_;
};

}  // namespace postern::relay
