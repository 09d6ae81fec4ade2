// SPDX-License-Identifier: Apache-2.0
// Listeners: the sockets that clients connect to, made here or handed over by the service manager.
#pragma once

#include "engine/service/descriptor.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace postern::engine::service {

// A sentence that says which address, and what to do.
class ListenError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct ListenOptions {
    std::string unix_path;  // empty: none
    unsigned unix_mode = 0666;
    std::string unix_group;        // empty: the process's own
    std::vector<std::string> tcp;  // "127.0.0.1:3310", "[::1]:3310"; port 0: the kernel's choice
};

struct Listening {
    Descriptor socket;
    std::string address;     // as users write it, with the port that it has
    bool local = false;      // a Unix socket
    std::string owned_path;  // to be removed in the end; empty: it is not ours
};

// A socket that nobody listens to any more is replaced. Throws ListenError.
std::vector<Listening> listen_at(const ListenOptions& options);

// Those that the service manager passed (LISTEN_PID, LISTEN_FDS); none where there are none.
std::vector<Listening> inherited_listeners();

}  // namespace postern::engine::service
