// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/server_address.h"

#include <sys/un.h>
#include <algorithm>
#include <charconv>

namespace postern::engine::service::client {

namespace {

constexpr std::string_view how =
    "; write unix:/path/of/socket, HOST:PORT or [IPv6-ADDRESS]:PORT, several with commas between";

[[noreturn]] void refuse(std::string_view text, const std::string& what) {
    throw AddressError("\"" + std::string(text) + "\" " + what + std::string(how));
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

ServerAddress unix_address(std::string_view text, std::string_view path) {
    if (!path.starts_with('/')) refuse(text, "does not name a socket by its whole path");
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        refuse(text, "is too long for a socket, whose path has 107 octets at most");
    }
    return {std::string(path), {}, {}};
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::string ServerAddress::text() const {
    if (is_local()) return "unix:" + path;
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

ServerAddress parse_server_address(std::string_view text) {
    if (text.starts_with("unix:")) return unix_address(text, text.substr(5));
    if (text.starts_with('/')) return unix_address(text, text);
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) refuse(text, "has no port");
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (!is_port(port)) refuse(text, "has no port between 1 and 65535 behind its last colon");
    const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    if (host.empty()) refuse(text, "has no host");
    if (host.find_first_of("[] /") != std::string_view::npos)
        refuse(text, "has no host that could be one");
    if (!is_bracketed && host.find(':') != std::string_view::npos)
        refuse(text, "lacks brackets around its IPv6 address");
    return {{}, std::string(host), std::string(port)};
}

std::vector<ServerAddress> parse_server_addresses(std::string_view list) {
    std::vector<ServerAddress> addresses;
    for (bool more = true; more;) {
        const std::size_t comma = list.find(',');
        more = comma != std::string_view::npos;
        ServerAddress address = parse_server_address(trimmed(list.substr(0, comma)));
        const bool is_known =
            std::find(addresses.begin(), addresses.end(), address) != addresses.end();
        if (!is_known) addresses.push_back(std::move(address));
        if (more) list.remove_prefix(comma + 1);
    }
    return addresses;
}

}  // namespace postern::engine::service::client
