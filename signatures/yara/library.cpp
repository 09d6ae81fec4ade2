// SPDX-License-Identifier: Apache-2.0
// Matched octets are never read back from libyara, so none are copied: a page for the matches of a
// content takes 80 KB instead of 600, which is most of the cost of a small content.
#include "signatures/yara/library.h"

#include <yara.h>

#include <mutex>
#include <new>

namespace postern::signatures::yara {

namespace {

// libyara's own count is no more than an int: this is its lock, and guards nothing of ours.
std::mutex& library_mutex() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace

Library::Library() {
    const std::scoped_lock lock(library_mutex());
    if (yr_initialize() != ERROR_SUCCESS) {
        yr_finalize();
        throw std::bad_alloc();
    }
    yr_set_configuration_uint32(YR_CONFIG_MAX_MATCH_DATA, 0);
}

Library::~Library() {
    const std::scoped_lock lock(library_mutex());
    yr_finalize();
}

}  // namespace postern::signatures::yara
