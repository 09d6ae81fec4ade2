// SPDX-License-Identifier: Apache-2.0
// ScanClient: messages to scanning services, verdicts back, for callers that may block.
//
//   ScanClient client(parse_server_addresses("unix:/run/postern/scand.sock,scan2:3310"));
//   ScanOutcome outcome = client.scan({.descriptor = fd, .name = "1.eml"});
//
// Whatever happens to a service while it has the message, the next one gets it; outcome says when
// none is left. Thread-safe: each call has a connection of its own.
#pragma once

#include "engine/service/client/scan_request.h"
#include "engine/service/client/server_list.h"

namespace postern::engine::service::client {

class ScanClient {
public:
    explicit ScanClient(std::vector<ServerAddress> addresses, ClientTimeouts timeouts = {});

    ScanOutcome scan(const ScanRequest& request);

private:
    ServerList servers_;
    ClientTimeouts timeouts_;
};

}  // namespace postern::engine::service::client
