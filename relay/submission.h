// SPDX-License-Identifier: Apache-2.0
// Submission: what happens to one message between its final dot and the reply: scanned, then queued, then answered.
//
// The steps wait for others; so the connection does them and tells this what came out. What it means is decided here.
#pragma once

#include "engine/service/client/scan_request.h"
#include "relay/connection.h"
#include "relay/judgement.h"
#include "relay/queue.h"

#include <chrono>
#include <string>
#include <system_error>

namespace postern::relay {

class Submission {
public:
    // REQUIRES: `listener` and `session` outlive it; `message` lives until acceptance() was used.
    Submission(const ListenerState& listener, const Session& session, IncomingMessage& message);

    const std::string& id() const { return id_; }
    // False: the message could not be stored, and is not worth scanning.
    bool begin();
    void scanned(const engine::service::client::ScanOutcome& outcome);
    bool is_to_be_queued() const;
    Acceptance acceptance() const;
    void committed(std::error_code error);

    const Reply& reply() const { return judgement_.reply; }
    void tell(ReceptionEvents& events) const;

private:
    using Clock = std::chrono::steady_clock;

    void not_stored(std::error_code error);

    const ListenerState& listener_;
    const Session& session_;
    IncomingMessage& message_;
    std::string id_;
    std::uint64_t size_;
    Clock::time_point dot_ = Clock::now();
    Seconds scanning_{};
    Judgement judgement_;
    std::string generation_;
    std::string coverage_ = "none";
};

}  // namespace postern::relay
