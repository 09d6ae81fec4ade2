// SPDX-License-Identifier: Apache-2.0
// Library: libyara's globals, kept alive by whoever holds one of these.
//
// libyara wants one call before its first use and one after its last, and counts both without a
// lock. Here the first holder makes the first call and the last one to go the last. libyara keeps a
// page for each thread that compiles; it goes when the last holder goes.
//
// Thread-safe.
#pragma once

namespace postern::signatures::yara {

class Library {
public:
    // Throws std::bad_alloc when libyara cannot begin.
    Library();
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
};

}  // namespace postern::signatures::yara
