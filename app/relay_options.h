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

// Where the relay's own scand listens.
std::string own_scand_socket(const relay::RelayConfig& config);
// The command that starts it.
std::vector<std::string> own_scand_command(const relay::RelayConfig& config);
relay::ServerOptions server_options(const relay::RelayConfig& config);
relay::QueueOptions queue_options(const relay::RelayConfig& config);
relay::DnsOptions dns_options(const relay::RelayConfig& config);
relay::DeliveryOptions delivery_options(const relay::RelayConfig& config);
// Throws UsageError for a format or level that is none.
telemetry::LogOptions log_options(const relay::RelayConfig& config);

}  // namespace postern::app
