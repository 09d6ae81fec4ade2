// SPDX-License-Identifier: Apache-2.0
// Sandbox: what a worker may still do once it looks at what strangers wrote. Nearly nothing.
//
// Memory, threads of its own, the clock, and the sockets and descriptors that it was given: no file
// can be opened (Landlock, where the kernel has it, and the filter), nothing connected, no program
// started, no process touched. What a library might try in good faith (opening a file, a call that
// is merely not listed) fails with an error; what no honest code here does (exec, sockets, ptrace,
// signals to others) ends the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace postern::engine::service {

struct User {
    unsigned user = 0;
    unsigned group = 0;
};
// Nothing: nobody is called so.
std::optional<User> user_named(const std::string& name);

// Gives up root for `user`, for good. Throws std::system_error. Does nothing for who is not root.
void become(const User& user);

struct Enclosure {
    std::uint64_t memory = 0;  // octets of writable memory beyond what the process has now
    unsigned descriptors = 64;
};

// For the calling thread and those it starts; REQUIRES: it is the only one. Throws
// std::system_error.
void enclose(const Enclosure& enclosure);

// Whether this kernel has Landlock: the version of its interface, 0 for none.
int landlock_version();

}  // namespace postern::engine::service
