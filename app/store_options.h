// SPDX-License-Identifier: Apache-2.0
// Where the store is, and the key that its sets must be signed by: for every command that uses one.
#pragma once

#include "signatures/store/store.h"

#include <string>

namespace CLI {
class App;
}

namespace postern::app {

struct StoreLocation {
    std::string folder = "/var/lib/postern/signatures";
    std::string key;
};

void declare(CLI::App& command, StoreLocation& location);

// As the user who runs this.
signatures::Store open_store(const StoreLocation& location);

}  // namespace postern::app
