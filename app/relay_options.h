// SPDX-License-Identifier: Apache-2.0
// From the configuration as written to what the parts of the relay are told.
#pragma once

#include "app/telemetry/log.h"
#include "relay/config.h"
#include "relay/delivery.h"
#include "relay/queue.h"
#include "relay/resolver.h"

#include <string>
#include <vector>

namespace postern::app {

// Where the relay's own scand listens, and where the next one does while the former still ends its scans.
std::string own_scand_socket(const relay::RelayConfig& config);
std::string other_scand_socket(const relay::RelayConfig& config, const std::string& socket);
// The command that starts it.
std::vector<std::string> own_scand_command(const relay::RelayConfig& config, const std::string& socket);
relay::ServerOptions server_options(const relay::RelayConfig& config, const std::string& own_scand_socket);
relay::QueueOptions queue_options(const relay::RelayConfig& config);
relay::DnsOptions dns_options(const relay::RelayConfig& config);
relay::DeliveryOptions delivery_options(const relay::RelayConfig& config);
telemetry::LogOptions log_options(const relay::RelayConfig& config);

}  // namespace postern::app
