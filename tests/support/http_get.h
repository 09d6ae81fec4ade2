// SPDX-License-Identifier: Apache-2.0
// What a scraper or a health check sees.
#pragma once

#include <string>

namespace postern::tests {

struct HttpReply {
    int status = 0;  // 0: nobody answered
    std::string body;
};

// GET `path` of "127.0.0.1:PORT".
HttpReply http_get(const std::string& address, const std::string& path);

// The value of that line of a metrics page: `name_total{label="x"}`; -1: there is none.
double metric(const std::string& page, const std::string& name);

// A port of this machine that nobody listens on.
unsigned short free_port();

}  // namespace postern::tests
