// SPDX-License-Identifier: Apache-2.0
// StatusServer: /metrics, /healthz and /readyz on one address, in a thread of its own.
//
//   /metrics  the registry, as Prometheus scrapes it
//   /healthz  200 while the service turns, 503 when it hangs
//   /readyz   200 while it takes messages, 503 before and after
//
// Bounded: so many connections at once, so many seconds each; more wait in the kernel's queue.
#pragma once

#include "app/telemetry/metrics.h"
#include "app/telemetry/status_request.h"

#include <functional>
#include <memory>
#include <string>

namespace postern::app::telemetry {

// One answer of a health check: empty, or why not.
struct HealthChecks {
    std::function<std::string()> healthy;
    std::function<std::string()> ready;
};

// The three pages. REQUIRES: `metrics` outlives what is returned.
StatusPages status_pages(const Metrics& metrics, HealthChecks checks);

class StatusServer {
public:
    // `address`: HOST:PORT or [IPv6]:PORT, the host a number or "localhost"; port 0 is any free
    // one. Throws UsageError when it cannot be listened on.
    StatusServer(const std::string& address, StatusPages pages);
    ~StatusServer();

    unsigned short port() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::app::telemetry
