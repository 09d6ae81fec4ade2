// SPDX-License-Identifier: Apache-2.0
// IP addresses and networks as values: "192.0.2.0/24", "2001:db8::/32", "192.0.2.7".
//
// An IPv4 address that came over an IPv6 socket ("::ffff:192.0.2.7") is the IPv4 address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::relay {

class IpAddress {
public:
    // Numbers alone, no names, no brackets, no scope.
    static std::optional<IpAddress> parse(std::string_view text);
    // REQUIRES: 4 or 16 octets, in network order.
    static IpAddress of_octets(std::string_view octets);

    bool is_v6() const { return is_v6_; }
    std::string text() const;
    // "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 4.1.3)
    std::string literal() const;
    bool operator==(const IpAddress&) const = default;

private:
    friend class Network;
    std::array<std::uint8_t, 16> octets_{};
    bool is_v6_ = false;
};

class Network {
public:
    // An address alone is a network of one. Nothing when it is malformed, or bits are set behind the prefix.
    static std::optional<Network> parse(std::string_view text);
    bool contains(const IpAddress& address) const;
    std::string text() const;
    bool operator==(const Network&) const = default;

private:
    IpAddress base_;
    unsigned prefix_ = 0;
};

bool contains(const std::vector<Network>& networks, const IpAddress& address);

}  // namespace postern::relay
