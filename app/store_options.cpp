// SPDX-License-Identifier: Apache-2.0
#include "app/store_options.h"

#include <CLI/CLI.hpp>

#include <pwd.h>
#include <unistd.h>

namespace postern::app {

namespace {

std::string user_name() {
    const passwd* user = getpwuid(getuid());
    return user != nullptr ? user->pw_name : std::to_string(getuid());
}

}  // namespace

void declare(CLI::App& command, StoreLocation& location) {
    command.add_option("--store", location.folder, "The store's folder")
        ->type_name("FOLDER")
        ->envname("POSTERN_STORE")
        ->capture_default_str();
    command.add_option("--key", location.key,
                       "A public Ed25519 key (PEM) that must have signed the set, besides key.pem in the store")
        ->type_name("KEY");
}

signatures::Store open_store(const StoreLocation& location) {
    return signatures::Store(location.folder, {location.key, user_name()});
}

}  // namespace postern::app
