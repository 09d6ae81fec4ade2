// SPDX-License-Identifier: Apache-2.0
// StatusRequest: just as much HTTP/1.1 (RFC 9112) as a scraper and a health check speak, without a
// socket.
//
// Octets in, one reply out, then the connection is closed. GET and HEAD of a path; a body is not
// read, and the header fields are looked at for nothing but their end.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace postern::app::telemetry {

struct StatusPage {
    int code = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body;
};

// A path to its page; 404 is a page too. Called in the thread of the server.
using StatusPages = std::function<StatusPage(std::string_view path)>;

class StatusRequest {
public:
    static constexpr std::size_t longest = 8192;  // octets of a request

    explicit StatusRequest(const StatusPages& pages) : pages_(pages) {}

    // True when reply() is whole and no more octets are wanted.
    bool received(std::string_view octets);
    const std::string& reply() const { return reply_; }

private:
    void answer(std::string_view line);
    void write(const StatusPage& page, bool with_body);

    const StatusPages& pages_;
    std::string request_;
    std::string reply_;
};

}  // namespace postern::app::telemetry
