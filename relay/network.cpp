// SPDX-License-Identifier: Apache-2.0
#include "relay/network.h"

#include <arpa/inet.h>
#include <algorithm>
#include <charconv>
#include <cstring>

namespace postern::relay {

namespace {

constexpr std::uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool bit(const std::array<std::uint8_t, 16>& octets, unsigned at) {
    return (octets[at / 8] >> (7 - at % 8) & 1) != 0;
}

}  // namespace

IpAddress IpAddress::of_octets(std::string_view octets) {
    IpAddress address;
    address.is_v6_ = octets.size() == 16 && std::memcmp(octets.data(), mapped, sizeof mapped) != 0;
    if (octets.size() == 16 && !address.is_v6_) octets.remove_prefix(12);
    std::memcpy(address.octets_.data(), octets.data(), octets.size());
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    char octets[16];
    const std::string number(text);
    if (inet_pton(AF_INET, number.c_str(), octets) == 1) return of_octets({octets, 4});
    if (inet_pton(AF_INET6, number.c_str(), octets) == 1) return of_octets({octets, 16});
    return std::nullopt;
}

std::string IpAddress::text() const {
    char buffer[INET6_ADDRSTRLEN];
    return inet_ntop(is_v6_ ? AF_INET6 : AF_INET, octets_.data(), buffer, sizeof buffer);
}

std::string IpAddress::literal() const {
    return (is_v6_ ? "[IPv6:" : "[") + text() + "]";
}

std::optional<Network> Network::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto base = IpAddress::parse(text.substr(0, slash));
    if (!base) return std::nullopt;
    const unsigned bits = base->is_v6() ? 128 : 32;
    Network network;
    network.base_ = *base;
    network.prefix_ = bits;
    if (slash != std::string_view::npos) {
        const std::string_view number = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), network.prefix_);
        if (error != std::errc() || end != number.data() + number.size() || network.prefix_ > bits)
            return std::nullopt;
    }
    for (unsigned i = network.prefix_; i < bits; ++i) {
        if (bit(base->octets_, i)) return std::nullopt;
    }
    return network;
}

bool Network::contains(const IpAddress& address) const {
    if (address.is_v6() != base_.is_v6()) return false;
    for (unsigned i = 0; i < prefix_; ++i) {
        if (bit(address.octets_, i) != bit(base_.octets_, i)) return false;
    }
    return true;
}

std::string Network::text() const {
    return base_.text() + "/" + std::to_string(prefix_);
}

bool contains(const std::vector<Network>& networks, const IpAddress& address) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& n) { return n.contains(address); });
}

}  // namespace postern::relay
