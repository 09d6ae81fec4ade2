// SPDX-License-Identifier: Apache-2.0
#include "relay/proxy_protocol.h"

#include <algorithm>
#include <charconv>

namespace postern::relay {

namespace {

using Kind = ProxyHeader::Kind;

constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t longest_line = 107;

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return port;
}

std::string_view take_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

// Behind "PROXY ", without CR LF: "TCP4 192.0.2.7 192.0.2.1 50123 25".
ProxyHeader parse_line(std::string_view line, std::size_t size) {
    ProxyHeader header{Kind::malformed, size, std::nullopt, 0};
    if (line.ends_with(' ')) return header;
    const std::string_view family = take_word(line);
    if (family == "UNKNOWN") {
        header.kind = Kind::local;
        return header;
    }
    const auto source = IpAddress::parse(take_word(line));
    const auto destination = IpAddress::parse(take_word(line));
    const auto source_port = port_of(take_word(line));
    const auto destination_port = port_of(take_word(line));
    if (!source || !destination || !source_port || !destination_port || !line.empty())
        return header;
    // An address mapped into IPv6 counts as IPv4 here; so TCP6 may have either.
    if (family != "TCP6" && (family != "TCP4" || source->is_v6() || destination->is_v6()))
        return header;
    return {Kind::proxied, size, source, *source_port};
}

ProxyHeader version_1(std::string_view input) {
    constexpr std::string_view begin = "PROXY ";
    const std::string_view seen = input.substr(0, begin.size());
    if (seen != begin.substr(0, seen.size())) return {Kind::malformed, 0, std::nullopt, 0};
    const std::size_t end = input.substr(0, longest_line).find("\r\n");
    if (end == std::string_view::npos)
        return {input.size() < longest_line ? Kind::incomplete : Kind::malformed, 0, std::nullopt,
                0};
    return parse_line(input.substr(begin.size(), end - begin.size()), end + 2);
}

unsigned number_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(text[at])) << 8 |
           static_cast<unsigned char>(text[at + 1]);
}

ProxyHeader version_2(std::string_view input) {
    constexpr std::size_t fixed = 16;
    if (input.size() < fixed) return {};
    const auto command = static_cast<unsigned char>(input[12]);
    const auto family = static_cast<unsigned char>(input[13]);
    const std::size_t size = fixed + number_at(input, 14);
    const ProxyHeader malformed{Kind::malformed, size, std::nullopt, 0};
    if ((command != 0x20 && command != 0x21) || size > longest_proxy_header) return malformed;
    if (input.size() < size) return {};
    const std::string_view addresses = input.substr(fixed, size - fixed);
    if (command == 0x20 || family == 0) return {Kind::local, size, std::nullopt, 0};
    if (family == 0x11 && addresses.size() >= 12) {
        return {Kind::proxied, size, IpAddress::of_octets(addresses.substr(0, 4)),
                static_cast<std::uint16_t>(number_at(addresses, 8))};
    }
    if (family == 0x21 && addresses.size() >= 36) {
        return {Kind::proxied, size, IpAddress::of_octets(addresses.substr(0, 16)),
                static_cast<std::uint16_t>(number_at(addresses, 32))};
    }
    return malformed;
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view input) {
    if (input.empty()) return {};
    const std::string_view seen = input.substr(0, signature.size());
    if (seen != signature.substr(0, seen.size())) return version_1(input);
    return seen.size() < signature.size() ? ProxyHeader{} : version_2(input);
}

}  // namespace postern::relay
