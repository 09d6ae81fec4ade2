// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/scan_client.h"

#include "engine/service/client/pursuit.h"

#include <poll.h>
#include <algorithm>

namespace postern::engine::service::client {

namespace {

using Clock = ServerList::Clock;

// Rounded up, so that the deadline has passed when the wait is over.
int milliseconds_until(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

void wait_by_poll(const Pursuit::Wait& wait) {
    pollfd socket{wait.descriptor, 0, 0};
    if (wait.readable) socket.events |= POLLIN;
    if (wait.writable) socket.events |= POLLOUT;
    // Interrupted: the pursuit looks, and waits again.
    ::poll(&socket, wait.what == Pursuit::Wait::For::socket ? 1 : 0,
           milliseconds_until(wait.deadline));
}

}  // namespace

ScanClient::ScanClient(std::vector<ServerAddress> addresses, ClientTimeouts timeouts)
    : servers_(std::move(addresses)), timeouts_(timeouts) {}

ScanOutcome ScanClient::scan(const ScanRequest& request) {
    Pursuit pursuit(servers_, request, timeouts_);
    while (const std::optional<Pursuit::Wait> wait = pursuit.advance(Clock::now())) {
        if (wait->what == Pursuit::Wait::For::names) {
            std::string failure;
            std::vector<Endpoint> endpoints = resolve(pursuit.to_resolve(), failure);
            pursuit.resolved(std::move(endpoints), std::move(failure), Clock::now());
        } else {
            wait_by_poll(*wait);
        }
    }
    return pursuit.take_outcome();
}

}  // namespace postern::engine::service::client
