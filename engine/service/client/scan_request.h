// SPDX-License-Identifier: Apache-2.0
// What a client asks of the scanning service, and what it gets back.
#pragma once

#include "engine/report.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace postern::engine::service::client {

// How the octets are taken: the service looks for itself, or is told.
enum class TakenAs { detected, message, file };

// One message. The descriptor and the octets are borrowed until the answer is there. One of them is
// enough: the service of this host gets the descriptor and reads the file itself, others get the
// octets.
struct ScanRequest {
    int descriptor = -1;  // of a regular file, scanned whole whatever its offset; -1: octets
    std::span<const std::byte> octets{};
    TakenAs as = TakenAs::detected;
    std::string name{};  // of the file or the message, for reports and for the rules about names
    std::string id{};    // what the service's log calls it; letters, digits, "-", "_", "."
};

// How long a client waits. A service that is slow to connect or silent for too long counts as dead.
struct ClientTimeouts {
    std::chrono::milliseconds connect{1000};
    std::chrono::milliseconds silence{60'000};  // no octet in either direction
    std::chrono::milliseconds total{180'000};   // for one message, over all services
};

// Invariants
//  (1) Where no service gave a whole answer, report is a deferral with an error and a gap: whoever
//  forgets
//      to ask answered() still never takes the message for accepted.
//  (2) report.path is empty: the caller knows what it asked about.
struct ScanOutcome {
    Report report;
    std::string server;     // who answered, as ServerAddress::text()
    std::string failure;    // why nobody did, in a sentence; empty: answered
    unsigned attempts = 0;  // services that were tried
    bool answered() const { return failure.empty(); }
};

// The outcome that says that nobody answered.
ScanOutcome unanswered(const std::string& failure, unsigned attempts);

}  // namespace postern::engine::service::client
