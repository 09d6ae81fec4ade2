// SPDX-License-Identifier: Apache-2.0
#include "relay/config.h"

namespace postern::relay {

RelayConfig default_relay_config() {
    RelayConfig config;
    ListenerOptions v4;
    v4.address = "127.0.0.1:25";
    v4.networks = {*Network::parse("127.0.0.0/8")};
    ListenerOptions v6;
    v6.address = "[::1]:25";
    v6.networks = {*Network::parse("::1/128")};
    config.server.listeners = {v4, v6};
    return config;
}

}  // namespace postern::relay
