// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_get.h"

#include "tests/support/relay_process.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace postern::tests {

HttpReply http_get(const std::string& address, const std::string& path) {
    SmtpConnection connection(address);  // a TCP connection like any other
    connection.send("GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\n\r\n");
    const std::string all = connection.rest();
    const std::size_t body = all.find("\r\n\r\n");
    if (!all.starts_with("HTTP/1.1 ") || body == std::string::npos) return {};
    return {std::stoi(all.substr(9, 3)), all.substr(body + 4)};
}

double metric(const std::string& page, const std::string& name) {
    const std::size_t at = ("\n" + page).find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(page.substr(at + name.size() + 1));
}

unsigned short free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(probe);
    return ntohs(address.sin_port);
}

}  // namespace postern::tests
