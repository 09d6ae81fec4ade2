// SPDX-License-Identifier: Apache-2.0
// A configuration is looked at as a whole before anything of it is used: certificates, policies,
// services and name servers too. What cannot be used is a UsageError that begins with
// file:line:column.
#pragma once

#include "app/errors.h"
#include "app/relay_config.h"

#include <functional>
#include <string>

namespace postern::app {

struct CheckedConfig {
    relay::RelayConfig config;
    ConfigPlaces places;
};

// Throws UsageError. Changes nothing, and makes no file.
CheckedConfig load_and_check(const std::string& path);

// What parts of the relay throw, as UsageError.
void told_by_parts(const std::function<void()>& work);
// The same, with the place of that key in front ("tls.certificate"), where the configuration has
// it.
void told_by_parts(const ConfigPlaces& places, const std::string& key,
                   const std::function<void()>& work);

}  // namespace postern::app
