// SPDX-License-Identifier: Apache-2.0
// Worker: the process that reads what strangers wrote.
//
// Forked from the nursery with everything loaded, it shuts itself in (sandbox.h) and answers what
// comes over two sockets: small messages over one, large ones over the other, each with threads of
// its own. It trusts its sockets, and nobody trusts it: what it says is checked by the supervisor
// (request.h).
//
// Invariants
//  (1) No octet of a message is looked at before the sandbox is in force.
//  (2) Whatever goes wrong ends the process: what was in flight is then scanned again elsewhere.
#pragma once

#include "engine/service/judge.h"
#include "engine/service/sandbox.h"

namespace postern::engine::service {

struct WorkerSockets {
    int small = -1;
    int large = -1;
};

struct WorkerThreads {
    unsigned small = 1;
    unsigned large = 1;
};

// What a worker says over the socket for small messages when it takes some.
inline constexpr std::uint64_t ready_ticket = ~std::uint64_t{0};

// Never returns. REQUIRES: called in a process of one thread.
[[noreturn]] void run_worker(Judge& judge, WorkerSockets sockets, WorkerThreads threads,
                             const Enclosure& enclosure);

}  // namespace postern::engine::service
