// SPDX-License-Identifier: Apache-2.0
// ListeningSocket: a bound TCP socket, by an address as the configuration writes it.
#pragma once

#include <string>

namespace postern::relay {

class ListeningSocket {
public:
    // "192.0.2.1:25", "[2001:db8::1]:25". "[::]:25" is IPv6 alone; IPv4 wants a listener of its own. Port 0: any.
    // Throws ServerError.
    explicit ListeningSocket(const std::string& address);
    ~ListeningSocket();
    ListeningSocket(ListeningSocket&& other) noexcept;

    int descriptor() const { return descriptor_; }
    const std::string& configured() const { return configured_; }
    const std::string& bound() const { return bound_; }  // with the port that the system chose

private:
    std::string configured_;
    std::string bound_;
    int descriptor_ = -1;
};

}  // namespace postern::relay
