// SPDX-License-Identifier: Apache-2.0
#include "app/telemetry/status_request.h"

namespace postern::app::telemetry {

namespace {

std::string_view reason_of(int code) {
    switch (code) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 431:
            return "Request Header Fields Too Large";
        default:
            return "Service Unavailable";
    }
}

}  // namespace

bool StatusRequest::received(std::string_view octets) {
    if (!reply_.empty()) return true;
    request_ += octets;
    std::size_t end = request_.find("\r\n\r\n");
    if (end == std::string::npos) end = request_.find("\n\n");
    if (end != std::string::npos) {
        answer(std::string_view(request_).substr(0, request_.find_first_of("\r\n")));
    } else if (request_.size() > longest) {
        write({431, "text/plain", "The request is too long.\n"}, true);
    }
    return !reply_.empty();
}

// METHOD SP TARGET SP HTTP/1.x
void StatusRequest::answer(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first ||
        !line.substr(last + 1).starts_with("HTTP/1.")) {
        return write({400, "text/plain", "This is no HTTP/1.1 request.\n"}, true);
    }
    const std::string_view method = line.substr(0, first);
    std::string_view path = line.substr(first + 1, last - first - 1);
    path = path.substr(0, path.find('?'));
    if (method != "GET" && method != "HEAD") {
        return write({405, "text/plain", "Only GET and HEAD are answered here.\n"}, true);
    }
    write(pages_(path), method == "GET");
}

void StatusRequest::write(const StatusPage& page, bool with_body) {
    reply_ =
        "HTTP/1.1 " + std::to_string(page.code) + " " + std::string(reason_of(page.code)) + "\r\n";
    if (page.code == 405) reply_ += "Allow: GET, HEAD\r\n";
    reply_ += "Content-Type: " + page.type +
              "\r\nContent-Length: " + std::to_string(page.body.size()) +
              "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
    if (with_body) reply_ += page.body;
}

}  // namespace postern::app::telemetry
