// SPDX-License-Identifier: Apache-2.0
// The PROXY protocol, versions 1 and 2: what a load balancer says, ahead of everything, about whom it speaks for.
//
// Believed only when it comes from a proxy that the configuration names; that is the caller's to see to.
#pragma once

#include "relay/network.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::relay {

struct ProxyHeader {
    enum class Kind : std::uint8_t {
        incomplete,  // more octets are needed
        malformed,
        local,       // the proxy itself (LOCAL, UNKNOWN): the addresses of the connection hold
        proxied
    };
    Kind kind = Kind::incomplete;
    std::size_t size = 0;             // octets of the header
    std::optional<IpAddress> source;  // of `proxied`
    std::uint16_t source_port = 0;
};

// Octets beyond which an incomplete header is malformed: a version 1 line has 107, a version 2 header is bounded here.
inline constexpr std::size_t longest_proxy_header = 2048;

// Reads the header at the beginning of `input`. Never throws for any octets.
ProxyHeader parse_proxy_header(std::string_view input);

}  // namespace postern::relay
