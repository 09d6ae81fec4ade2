// SPDX-License-Identifier: Apache-2.0
// AsyncScanClient: the same as ScanClient for coroutines over Boost.Asio.
//
//   AsyncScanClient client(parse_server_addresses("unix:/run/postern/scand.sock"));
//   ScanOutcome outcome = co_await client.scan({.descriptor = fd, .name = "1.eml"},
//   stop.get_token());
//
// scan() may be awaited in any coroutine, of any number of io_contexts and threads at once; it goes
// on in its own strand of the awaiting coroutine's executor and never blocks it, except to read
// from a descriptor what a service of another host is to get (spool files lie in the page cache).
#pragma once

#include "engine/service/client/scan_request.h"
#include "engine/service/client/server_list.h"

#include <stop_token>
#include <utility>  // Boost 1.74's awaitable.hpp forgets it

#include <boost/asio/awaitable.hpp>

namespace postern::engine::service::client {

class AsyncScanClient {
public:
    explicit AsyncScanClient(std::vector<ServerAddress> addresses, ClientTimeouts timeouts = {});

    // REQUIRES: the client, and what `request` borrows, outlive the awaiting.
    // `stop` may be asked from any thread: the outcome is then that nobody answered.
    boost::asio::awaitable<ScanOutcome> scan(ScanRequest request, std::stop_token stop = {});

    // For statistics: the services and which are thought to be alive.
    const ServerList& servers() const { return servers_; }

private:
    ServerList servers_;
    ClientTimeouts timeouts_;
};

}  // namespace postern::engine::service::client
