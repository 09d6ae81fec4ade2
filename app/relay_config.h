// SPDX-License-Identifier: Apache-2.0
// The relay's configuration file: TOML, and what lies in conf.d/ beside it, in the order of the
// names.
//
// A later file overrides the keys that it has; its [[listener]]s come to those before. Unknown
// keys, wrong types and impossible values are errors with file:line:column and what to write
// instead.
#pragma once

#include "relay/config.h"

#include <map>
#include <string>

namespace postern::app {

// Where the keys stand that the configuration has, the last place of each: "tls.certificate" and, of the third
// [[listener]], "listener.2.address" to "FILE:LINE:COLUMN".
using ConfigPlaces = std::map<std::string, std::string>;

// Empty path: the defaults. Throws UsageError. What is left to the machine (its name) is filled in.
relay::RelayConfig load_relay_config(const std::string& path, ConfigPlaces& places);
relay::RelayConfig load_relay_config(const std::string& path);
// `name` stands for the file in errors. Nothing is filled in.
relay::RelayConfig parse_relay_config(const std::string& text, const std::string& name);

// As TOML, every key written out; with comments: packaging/postern.toml.
enum class Comments { without, with };
std::string dump_relay_config(const relay::RelayConfig& config, Comments comments);

}  // namespace postern::app
