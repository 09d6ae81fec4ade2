// SPDX-License-Identifier: Apache-2.0
// What a session holds only while a message comes in.
#pragma once

#include "relay/session.h"

namespace postern::relay {

struct Session::Content {
    explicit Content(const SessionOptions& options)
        : unstuffer(options.line_ends), filter(options.hostname) {}

    DotUnstuffer unstuffer;
    HeaderFilter filter;
    std::string unstuffed;  // of one piece of input
    std::string stored;     // what the last store action shows
    bool over = false;
};

}  // namespace postern::relay
