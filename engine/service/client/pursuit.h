// SPDX-License-Identifier: Apache-2.0
// Pursuit: one message on its way to a verdict, over as many services as it takes.
//
// A machine that never waits: advance() does all that can be done and says what to wait for. The
// blocking client waits by poll(2), the other one in a coroutine; neither knows more than that.
//
//   choose ──▶ resolve ──▶ connect ──▶ [ask whether it is ready] ──▶ exchange ──▶ done
//      ▲──────────┴────────────┴─────────────────┴──────────────────────┘ whatever fails
#pragma once

#include "engine/service/client/connection.h"
#include "engine/service/client/scan_request.h"
#include "engine/service/client/server_list.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace postern::engine::service::client {

class Pursuit {
public:
    using Clock = ServerList::Clock;

    // What to wait for, `deadline` at the latest.
    struct Wait {
        enum class For {
            names,  // to_resolve() is to be resolved, then resolved() called
            time,   // the deadline alone
            socket  // `descriptor` to be readable, or to be writable where that is asked for
        };
        For what = For::names;
        int descriptor = -1;
        bool readable = false;
        bool writable = false;
        Clock::time_point deadline{};
        std::uint64_t connection = 0;  // another number, another descriptor
    };

    // REQUIRES: `servers`, and what `request` borrows, outlive the pursuit.
    Pursuit(ServerList& servers, const ScanRequest& request, const ClientTimeouts& timeouts);
    ~Pursuit();

    // Goes on; also when the deadline of the last wait has passed. Nothing: it is over.
    std::optional<Wait> advance(Clock::time_point now);

    // The address to be resolved when a wait is for names, and its endpoints or why there are none.
    const ServerAddress& to_resolve() const;
    void resolved(std::vector<Endpoint> endpoints, std::string failure, Clock::time_point now);

    // REQUIRES: advance() said that it is over.
    ScanOutcome take_outcome() { return std::move(outcome_); }

private:
    enum class Step { choose, resolve, connect, connecting, ask, exchange, over };

    std::optional<Wait> step(Clock::time_point now);
    Wait wait_for(bool writable) const;
    void choose(Clock::time_point now);
    std::optional<Wait> connect(Clock::time_point now);
    std::optional<Wait> connecting(Clock::time_point now);
    std::optional<Wait> ask(Clock::time_point now);
    void connect_failed(const std::string& why, Clock::time_point now);
    void connected(Clock::time_point now);
    std::optional<Wait> exchange(Clock::time_point now);
    void server_failed(const std::string& why, Clock::time_point now);
    void give_up(const std::string& why);

    ServerList& servers_;
    const ScanRequest& request_;
    const ClientTimeouts timeouts_;
    Step step_ = Step::choose;
    std::optional<ServerList::Choice> choice_;
    std::vector<std::size_t> tried_;
    std::vector<Endpoint> endpoints_;  // the one in use last
    bool must_ask_ = false;
    Connection connection_;
    std::uint64_t connections_ = 0;
    std::optional<VerdictExchange> exchange_;
    std::size_t asked_ = 0;
    std::string ready_;
    Clock::time_point deadline_{};  // of this step
    std::optional<Clock::time_point> total_;
    std::string failures_;
    ScanOutcome outcome_;
};

}  // namespace postern::engine::service::client
