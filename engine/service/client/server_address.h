// SPDX-License-Identifier: Apache-2.0
// Where a scanning service listens, as people write it: a Unix socket of this host, or a TCP port.
//
//   unix:/run/postern/scand.sock   or just   /run/postern/scand.sock
//   scan1.example.org:3310   192.0.2.7:3310   [2001:db8::7]:3310
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine::service::client {

struct ServerAddress {
    std::string path;  // of a Unix socket; empty: TCP
    std::string host;  // a name or a number, without brackets
    std::string port;

    bool is_local() const { return !path.empty(); }
    std::string text() const;
    bool operator==(const ServerAddress&) const = default;
};

// What is wrong with an address, and how to write it.
class AddressError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// One address. Throws AddressError.
ServerAddress parse_server_address(std::string_view text);

// Several, with commas between; never none. Throws AddressError.
std::vector<ServerAddress> parse_server_addresses(std::string_view list);

}  // namespace postern::engine::service::client
