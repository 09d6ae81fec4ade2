// SPDX-License-Identifier: Apache-2.0
// The order of a session. What is said in a transaction: client_commands.cpp.
#include "relay/client.h"

#include <algorithm>

namespace postern::relay {

namespace {

using Action = Step::Action;

constexpr int service_closing = 421;

Outcome outcome_of(const ClientReply& reply, std::string command) {
    const Outcome::Kind kind = reply.severity() == 2   ? Outcome::Kind::delivered
                               : reply.severity() == 5 ? Outcome::Kind::refused
                                                       : Outcome::Kind::deferred;
    std::string status = reply.severity() == 3 ? "4.5.0" : reply.enhanced();
    return {kind, std::move(status), reply.one_line(), true, std::move(command)};
}

// The same, whatever the server thinks, to be tried again.
Outcome deferred_by(const ClientReply& reply, std::string command) {
    Outcome outcome = outcome_of(reply, std::move(command));
    outcome.kind = Outcome::Kind::deferred;
    outcome.status[0] = '4';
    return outcome;
}

}  // namespace

Outcome local_outcome(Outcome::Kind kind, std::string status, std::string text) {
    return {kind, std::move(status), std::move(text), false, {}};
}

Step ClientSession::start() { return {Action::read, options_.times.greeting}; }

Step ClientSession::on_reply(const ClientReply& reply) {
    if (reply.code == service_closing && state_ != State::quit) return fail(deferred_by(reply, "the session"));
    switch (state_) {
        case State::greeting: return on_greeting(reply);
        case State::ehlo: return on_ehlo(reply);
        case State::helo:
            if (reply.severity() != 2) return fail(deferred_by(reply, "HELO"));
            return greeted();
        case State::starttls:
            if (reply.code == 220) {
                state_ = State::handshake;
                return {Action::start_tls, options_.times.command};
            }
            if (options_.tls != TlsPolicy::may) return fail(deferred_by(reply, "STARTTLS"));
            state_ = State::ready;
            return {Action::ready};
        case State::transaction: return on_answer(reply);
        default: break;
    }
    state_ = State::closed;
    return {Action::close};
}

// A server that refuses service for good (554) may be one of several: another one is tried, and later this one again.
Step ClientSession::on_greeting(const ClientReply& reply) {
    if (reply.severity() != 2) return fail(deferred_by(reply, "the greeting"));
    return say_ehlo();
}

Step ClientSession::say_ehlo() {
    state_ = State::ehlo;
    output_ += "EHLO " + options_.hostname + "\r\n";
    return {Action::read, options_.times.command};
}

Step ClientSession::on_ehlo(const ClientReply& reply) {
    if (reply.severity() == 2) {
        offer_ = offer_of(reply);
        return greeted();
    }
    if (reply.severity() != 5 || encrypted_) return fail(deferred_by(reply, "EHLO"));
    state_ = State::helo;
    output_ += "HELO " + options_.hostname + "\r\n";
    return {Action::read, options_.times.command};
}

Step ClientSession::greeted() {
    const bool must = options_.tls == TlsPolicy::encrypt || options_.tls == TlsPolicy::verify;
    if (!encrypted_ && options_.tls != TlsPolicy::none && offer_.starttls) {
        state_ = State::starttls;
        output_ += "STARTTLS\r\n";
        return {Action::read, options_.times.command};
    }
    if (!encrypted_ && must) {
        return fail(local_outcome(Outcome::Kind::deferred, "4.7.10",
                                  "TLS is required for this destination, and its server does not offer it"));
    }
    state_ = State::ready;
    return {Action::ready};
}

// RFC 3207 4.2: what was known before is forgotten.
Step ClientSession::on_tls() {
    encrypted_ = true;
    offer_ = {};
    return say_ehlo();
}

Step ClientSession::on_failed_handshake(const std::string& what) {
    handshake_failed_ = true;
    return fail(local_outcome(Outcome::Kind::deferred, "4.7.5", what));
}

Step ClientSession::quit() {
    state_ = State::quit;
    output_ += "QUIT\r\n";
    return {Action::read, options_.times.farewell};
}

// With TLS 1.3 a server that does not like the handshake says so only when the client has begun to speak.
Step ClientSession::on_trouble(const std::string& what) {
    handshake_failed_ = state_ == State::starttls || state_ == State::handshake || (state_ == State::ehlo && encrypted_);
    return fail(local_outcome(Outcome::Kind::deferred, "4.4.2", what));
}

Step ClientSession::fail(Outcome why) {
    if (state_ == State::transaction) settle(why);
    failure_ = std::move(why);
    state_ = State::closed;
    return {Action::close};
}

// ---- One transaction

Step ClientSession::begin(Transaction transaction) {
    transaction_ = std::move(transaction);
    const std::size_t recipients = transaction_.envelope.forward_paths.size();
    outcomes_.assign(recipients, {});
    settled_.assign(recipients, false);
    accepted_.assign(recipients, false);
    state_ = State::transaction;
    if (const std::optional<Outcome> why = impossible()) {
        settle(*why);
        return finish(Action::done);
    }
    commands_.clear();
    if (needs_reset_) commands_.push_back({Verb::rset});
    commands_.push_back({Verb::mail});
    for (std::size_t i = 0; i < recipients; ++i) commands_.push_back({Verb::rcpt, i});
    commands_.push_back({Verb::data});
    sent_ = answered_ = 0;
    content_refused_ = false;
    needs_reset_ = true;  // until the end of data is answered
    return go_on();
}

// Says what may be said now, and waits for the next answer.
Step ClientSession::go_on() {
    const std::size_t until = offer_.pipelining ? commands_.size() : answered_ + 1;
    for (; sent_ < until; ++sent_) output_ += line_of(commands_[sent_]);
    const bool data = commands_[answered_].verb == Verb::data;
    return {Action::read, data ? options_.times.data : options_.times.command};
}

Step ClientSession::on_answer(const ClientReply& reply) {
    const Command command = commands_[answered_++];
    switch (command.verb) {
        case Verb::rset:
            if (reply.severity() != 2) return fail(deferred_by(reply, "RSET"));
            break;
        case Verb::mail: on_mail(reply); break;
        case Verb::rcpt: on_rcpt(command.recipient, reply); break;
        case Verb::data: return on_data(reply);
        case Verb::end:
            if (!content_refused_) settle(outcome_of(reply, "end of DATA"));
            needs_reset_ = false;
            return finish(Action::done);
    }
    const bool all_settled = std::ranges::all_of(settled_, [](bool is) { return is; });
    // Not pipelined, and nobody is left to send to: DATA is not said.
    if (all_settled && sent_ == answered_) return finish(Action::done);
    return go_on();
}

void ClientSession::on_mail(const ClientReply& reply) {
    if (reply.severity() != 2) settle(outcome_of(reply, "MAIL FROM"));
}

// 552 for too many recipients is 452, and the others are to be sent at once (RFC 5321 4.5.3.1.10).
void ClientSession::on_rcpt(std::size_t recipient, const ClientReply& reply) {
    if (settled_[recipient]) return;  // MAIL was refused
    if (reply.severity() == 2) {
        accepted_[recipient] = true;
        return;
    }
    settled_[recipient] = true;
    outcomes_[recipient] = reply.code == 552 ? deferred_by(reply, "RCPT TO") : outcome_of(reply, "RCPT TO");
    outcomes_[recipient].too_many = (reply.code == 452 || reply.code == 552) && any_accepted();
}

Step ClientSession::on_data(const ClientReply& reply) {
    if (reply.code != 354) {
        if (reply.severity() == 2 || reply.severity() == 3) return fail(deferred_by(reply, "DATA"));
        settle(outcome_of(reply, "DATA"));
        return finish(Action::done);
    }
    commands_.push_back({Verb::end});
    if (any_accepted()) return {Action::content, options_.times.block};
    // RFC 2920 3.1: nobody is left, and yet the server waits for a message.
    content_refused_ = true;
    output_ += ".\r\n";
    ++sent_;
    return {Action::read, options_.times.end_of_data};
}

Step ClientSession::on_content_sent() {
    ++sent_;
    return {Action::read, options_.times.end_of_data};
}

Step ClientSession::finish(Step::Action action) {
    state_ = State::ready;
    return {action};
}

void ClientSession::settle(const Outcome& outcome) {
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
        if (!settled_[i]) outcomes_[i] = outcome;
        settled_[i] = true;
    }
}

bool ClientSession::any_accepted() const {
    for (std::size_t i = 0; i < accepted_.size(); ++i) {
        if (accepted_[i] && !settled_[i]) return true;
    }
    return false;
}

}  // namespace postern::relay
