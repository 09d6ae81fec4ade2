// SPDX-License-Identifier: Apache-2.0
// The keys of the relay's configuration: one row each, which reads itself, writes itself and
// explains itself.
#pragma once

#include "app/toml_reader.h"
#include "relay/config.h"

#include <span>
#include <string>
#include <string_view>

namespace postern::app {

template <typename Target>
struct ConfigKey {
    std::string_view table;
    std::string_view name;
    std::string_view comment;  // lines for people
    void (*read)(const TomlValue& value, Target& target);
    std::string (*write)(const Target& target);
};

std::span<const ConfigKey<relay::RelayConfig>> relay_keys();
std::span<const ConfigKey<relay::ListenerOptions>> listener_keys();
std::span<const ConfigKey<relay::RouteConfig>> route_keys();

}  // namespace postern::app
