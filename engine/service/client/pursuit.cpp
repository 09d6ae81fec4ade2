// SPDX-License-Identifier: Apache-2.0
#include "engine/service/client/pursuit.h"

#include <algorithm>

namespace postern::engine::service::client {

namespace {

constexpr std::string_view ready_command("zREADY\0", 7);

}  // namespace

ScanOutcome unanswered(const std::string& failure, unsigned attempts) {
    ScanOutcome outcome;
    outcome.failure = failure;
    outcome.attempts = attempts;
    outcome.report.error = failure;
    outcome.report.decision.action = Action::defer;
    outcome.report.decision.reason = "The message could not be scanned: " + failure + ".";
    outcome.report.verdict.coverage.gaps.push_back({"", "unreachable", failure});
    return outcome;
}

Pursuit::Pursuit(ServerList& servers, const ScanRequest& request, const ClientTimeouts& timeouts)
    : servers_(servers), request_(request), timeouts_(timeouts) {}

Pursuit::~Pursuit() {
    if (choice_) servers_.abandoned(*choice_);
}

std::optional<Pursuit::Wait> Pursuit::advance(Clock::time_point now) {
    if (!total_) total_ = now + timeouts_.total;
    while (step_ != Step::over) {
        if (now >= *total_) {
            if (choice_) server_failed("it took too long", now);
            give_up("no scanning service answered in time");
        } else if (const std::optional<Wait> wait = step(now)) {
            return wait;
        }
    }
    connection_.close();
    return std::nullopt;
}

// One step; nothing to wait for: the next one can be made.
std::optional<Pursuit::Wait> Pursuit::step(Clock::time_point now) {
    switch (step_) {
        case Step::choose:
            choose(now);
            break;
        case Step::resolve:
            return Wait{.deadline = *total_};
        case Step::connect:
            return connect(now);
        case Step::connecting:
            return connecting(now);
        case Step::ask:
            return ask(now);
        case Step::exchange:
            return exchange(now);
        case Step::over:
            break;
    }
    return std::nullopt;
}

Pursuit::Wait Pursuit::wait_for(bool writable) const {
    return {Wait::For::socket, connection_.descriptor(),     step_ != Step::connecting,
            writable,          std::min(deadline_, *total_), connections_};
}

void Pursuit::choose(Clock::time_point now) {
    const MessageSource source(request_);
    if (!source.is_readable()) return give_up("the descriptor is not of a regular file");
    choice_ = servers_.choose(source.size(), tried_, now);
    if (!choice_) return give_up("no scanning service could be reached");
    tried_.push_back(choice_->server);
    must_ask_ = choice_->ask_first;
    step_ = Step::resolve;
    if (!to_resolve().is_local()) return;
    std::string never;
    resolved(resolve(to_resolve(), never), {}, now);
}

const ServerAddress& Pursuit::to_resolve() const {
    return servers_.address(choice_->server);
}

void Pursuit::resolved(std::vector<Endpoint> endpoints, std::string failure,
                       Clock::time_point now) {
    if (endpoints.empty()) return server_failed(failure, now);
    endpoints_ = std::move(endpoints);
    std::reverse(endpoints_.begin(), endpoints_.end());
    step_ = Step::connect;
    deadline_ = now + timeouts_.connect;
}

std::optional<Pursuit::Wait> Pursuit::connect(Clock::time_point now) {
    const std::error_code error = connection_.open(endpoints_.back());
    ++connections_;
    if (!error) {
        step_ = Step::connecting;
    } else if (error == std::errc::resource_unavailable_try_again && now < deadline_) {
        // A Unix socket whose queue of connections is full says so at once instead of waiting.
        return Wait{.what = Wait::For::time,
                    .deadline = std::min(now + std::chrono::milliseconds(2), *total_)};
    } else {
        connect_failed("it cannot be connected to: " + error.message(), now);
    }
    return std::nullopt;
}

std::optional<Pursuit::Wait> Pursuit::connecting(Clock::time_point now) {
    if (!connection_.is_settled()) {
        if (now < deadline_) return wait_for(true);
        connect_failed("it did not let us connect in time", now);
    } else if (const std::error_code error = connection_.connect_error()) {
        connect_failed("it cannot be connected to: " + error.message(), now);
    } else {
        connected(now);
    }
    return std::nullopt;
}

// A name may stand for several endpoints.
void Pursuit::connect_failed(const std::string& why, Clock::time_point now) {
    endpoints_.pop_back();
    if (endpoints_.empty()) return server_failed(why, now);
    step_ = Step::connect;
    deadline_ = now + timeouts_.connect;
}

void Pursuit::connected(Clock::time_point now) {
    if (must_ask_) {
        step_ = Step::ask;
        deadline_ = now + timeouts_.connect;
        asked_ = 0;
        ready_.clear();
        return;
    }
    step_ = Step::exchange;
    deadline_ = now + timeouts_.silence;
    const bool by_descriptor = request_.descriptor >= 0 && to_resolve().is_local();
    exchange_.emplace(request_, by_descriptor ? Transfer::descriptor : Transfer::stream);
}

std::optional<Pursuit::Wait> Pursuit::ask(Clock::time_point now) {
    if (connection_.ask(ready_command, asked_, ready_)) {
        if (now < deadline_) return wait_for(asked_ < ready_command.size());
        server_failed("it did not say in time that it is ready", now);
    } else if (!ready_.starts_with("READY")) {
        server_failed("it is not ready", now);
    } else {
        // One command, one connection: the exchange gets its own.
        must_ask_ = false;
        step_ = Step::connect;
        deadline_ = now + timeouts_.connect;
    }
    return std::nullopt;
}

std::optional<Pursuit::Wait> Pursuit::exchange(Clock::time_point now) {
    const Connection::Waits waits = connection_.advance(*exchange_);
    if (waits.moved) deadline_ = now + timeouts_.silence;
    switch (exchange_->state()) {
        case VerdictExchange::State::open:
            if (now < deadline_) return wait_for(waits.to_send);
            server_failed("it was silent for too long", now);
            break;
        case VerdictExchange::State::broken:
            server_failed(exchange_->failure(), now);
            break;
        case VerdictExchange::State::unreadable:
            give_up(exchange_->failure());
            break;
        case VerdictExchange::State::answered:
            outcome_ = {exchange_->take_report(),
                        to_resolve().text(),
                        {},
                        static_cast<unsigned>(tried_.size())};
            servers_.answered(*choice_);
            choice_.reset();
            step_ = Step::over;
            break;
    }
    return std::nullopt;
}

void Pursuit::server_failed(const std::string& why, Clock::time_point now) {
    failures_ += (failures_.empty() ? " (" : "; ") + to_resolve().text() + ": " + why;
    servers_.failed(*choice_, now);
    choice_.reset();
    exchange_.reset();
    connection_.close();
    step_ = Step::choose;
}

void Pursuit::give_up(const std::string& why) {
    outcome_ = unanswered(why + (failures_.empty() ? "" : failures_ + ")"),
                          static_cast<unsigned>(tried_.size()));
    step_ = Step::over;
}

}  // namespace postern::engine::service::client
