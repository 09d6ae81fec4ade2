// SPDX-License-Identifier: Apache-2.0
// The order of things: octets, lines, verbs, replies. What MAIL, RCPT and DATA mean is in
// session_mail.cpp.
#include "relay/session.h"

#include "relay/address.h"
#include "relay/session_content.h"

#include <algorithm>

namespace postern::relay {

namespace {

std::string_view tail(const std::string& text, std::size_t from) {
    return std::string_view(text).substr(from);
}

// What an old device may call itself, underscores aside.
std::string without_underscores(std::string_view name) {
    std::string plain(name);
    std::replace(plain.begin(), plain.end(), '_', 'x');
    return plain;
}

}  // namespace

Session::Session(std::shared_ptr<const SessionOptions> options, Client client, std::string_view tls)
    : options_(std::move(options)), client_(std::move(client)), reader_(longest_command) {
    client_.tls = tls;
    reader_.set_line_ends(options_->line_ends);
}

void Session::ContentDeleter::operator()(Content* content) const {
    delete content;
}

void Session::receive(std::string_view octets) {
    if (mode_ != Mode::closing) input_ += octets;
}

Action Session::next() {
    if (mode_ == Mode::greeting) {
        if (!greeted_ && input_.empty()) return greeted_ = true, Action{Action::Kind::greet};
        greet();
    }
    while (pending_ == Pending::none && output_.empty() && mode_ != Mode::closing &&
           !starting_tls_) {
        const std::optional<Action> action = mode_ == Mode::data ? next_data() : next_command();
        if (action) return *action;
    }
    if (!output_.empty()) {
        sent_ = std::move(output_);
        output_.clear();
        return {Action::Kind::write, sent_};
    }
    if (mode_ == Mode::closing) return {Action::Kind::close};
    if (starting_tls_) return {Action::Kind::start_tls};
    if (pending_ == Pending::submit) return {Action::Kind::submit};
    return {pending_ == Pending::opening ? Action::Kind::open : Action::Kind::ask};
}

void Session::greet() {
    if (!input_.empty()) return end(replies::ahead_of_greeting);
    mode_ = Mode::commands;
    say(Reply{220, "", {options_->hostname + " ESMTP postern"}});
}

// Nothing: something was done, and next() shall look again.
std::optional<Action> Session::next_command() {
    std::string_view rest = tail(input_, taken_);
    Line line;
    const bool complete = reader_.next(rest, line);
    taken_ = input_.size() - rest.size();
    if (rest.empty()) {
        input_ = {};
        taken_ = 0;
    }
    if (!complete) return Action{Action::Kind::read};
    dispatch(line);
    return std::nullopt;
}

void Session::dispatch(const Line& line) {
    const Command command = parse_command(line.text);
    if (!refuse_faulty(line, command) && !refuse_octets(line, command)) obey(command);
    end_when_too_many();
}

void Session::end_when_too_many() {
    if (unknown_ > options_->unknown_commands) return end(replies::too_many_unknown);
    if (errors_ > options_->errors) end(replies::too_many_errors);
}

bool Session::refuse_faulty(const Line& line, const Command& command) {
    switch (line.fault) {
        case LineFault::bare_cr:
            return say(replies::bare_cr), true;
        case LineFault::bare_lf:
            return say(replies::bare_lf), true;
        case LineFault::nul:
            return say(replies::nul_in_command), true;
        case LineFault::too_long:
        case LineFault::none:
            break;
    }
    if (line.fault == LineFault::none && line.size <= command.longest) return false;
    say(replies::line_too_long, std::to_string(command.longest));
    return true;
}

// RFC 6531 3.1: UTF-8 has its place in addresses alone.
bool Session::refuse_octets(const Line& line, const Command& command) {
    if (is_ascii(line.text)) return false;
    const bool has_address = command.verb == Verb::mail || command.verb == Verb::rcpt ||
                             command.verb == Verb::vrfy || command.verb == Verb::expn;
    if (!has_address) return say(replies::not_ascii), true;
    if (is_utf8(line.text)) return false;
    say(replies::not_utf8);
    return true;
}

void Session::obey(const Command& command) {
    const bool before_tls = command.verb == Verb::ehlo || command.verb == Verb::noop ||
                            command.verb == Verb::quit || command.verb == Verb::starttls ||
                            command.verb == Verb::web;
    if (options_->tls == TlsOffer::required && client_.tls.empty() && !before_tls)
        return say(replies::tls_required);
    if (command.argument_rule == Argument::forbidden && !command.argument.empty()) {
        return say(replies::no_parameters, command.name);
    }
    switch (command.verb) {
        case Verb::ehlo:
        case Verb::helo:
            return ehlo(command);
        case Verb::mail:
            return mail(command);
        case Verb::rcpt:
            return rcpt(command);
        case Verb::data:
            return data();
        case Verb::rset:
            return forget_transaction(), say(replies::reset);
        case Verb::noop:
            return say(replies::noop);
        case Verb::vrfy:
        case Verb::expn:
            return verify(command);
        case Verb::help:
            return say(
                Reply{214,
                      "2.0.0",
                      {"Commands: EHLO HELO MAIL RCPT DATA RSET NOOP VRFY STARTTLS HELP QUIT",
                       "Refused mail comes with a sentence that says why, and what to do"}});
        case Verb::quit:
            return quit();
        case Verb::starttls:
            return start_tls();
        case Verb::auth:
            return say(!client_.helo.empty() ? replies::no_auth : replies::bad_sequence_helo);
        case Verb::bdat:
            return say(replies::bdat_unknown);
        case Verb::obsolete:
            return say(replies::not_implemented, "This command");
        case Verb::web:
            return end(replies::web_client);
        case Verb::unknown:
            return unknown();
    }
}

void Session::unknown() {
    ++unknown_;
    say(replies::command_unknown);
}

// What had to wait for a reply and did not.
bool Session::ahead(std::string_view what) {
    if (input_.empty()) return false;
    Reply reply = reply_of(replies::ahead_of_reply, what);
    if (what != "DATA") reply.enhanced.clear();  // RFC 2034: none for EHLO and HELO
    say(reply);
    mode_ = Mode::closing;
    return true;
}

void Session::ehlo(const Command& command) {
    const bool old_device = options_->line_ends == LineEnds::mended;
    const std::string name =
        old_device ? without_underscores(command.argument) : std::string(command.argument);
    if (!is_domain(name, Charset::ascii) && !is_address_literal(name))
        return say(replies::bad_helo, command.name);
    if (ahead(command.name)) return;
    forget_transaction();
    client_.helo = command.argument;
    esmtp_ = command.verb == Verb::ehlo;
    if (esmtp_) return offer_extensions();
    say(Reply{250, "", {options_->hostname}});
}

void Session::offer_extensions() {
    Reply reply{250,
                "",
                {options_->hostname + " greets " + client_.helo, "PIPELINING",
                 "SIZE " + std::to_string(options_->message_size), "8BITMIME",
                 "ENHANCEDSTATUSCODES", "DSN", "SMTPUTF8"}};
    if (options_->tls != TlsOffer::none && client_.tls.empty())
        reply.lines.emplace_back("STARTTLS");
    reply.lines.emplace_back("HELP");
    say(reply);
}

void Session::start_tls() {
    if (!client_.tls.empty()) return say(replies::tls_active);
    if (options_->tls == TlsOffer::none) return say(replies::no_tls);
    if (client_.helo.empty()) return say(replies::bad_sequence_helo);
    say(replies::start_tls_ready);
    starting_tls_ = true;
}

// RFC 3207 4.2: what was known before is forgotten, and what came ahead was never said.
void Session::tls_started(std::string_view tls) {
    starting_tls_ = false;
    input_.clear();
    taken_ = 0;
    reader_.clear();
    forget_transaction();
    client_.helo.clear();
    esmtp_ = false;
    client_.tls = tls;
}

void Session::verify(const Command& command) {
    if (command.argument.empty()) return say(replies::argument_missing, command.name);
    constexpr std::string_view asked = " SMTPUTF8";
    const bool utf8 =
        command.argument.size() > asked.size() &&
        same_word(command.argument.substr(command.argument.size() - asked.size()), asked);
    if (!utf8 && !is_ascii(command.argument)) return say(replies::utf8_unasked);
    if (command.verb == Verb::expn) return say(replies::not_implemented, command.name);
    say(replies::cannot_verify);
}

void Session::quit() {
    say(replies::bye);
    mode_ = Mode::closing;
}

void Session::end(const StandardReply& reply) {
    if (mode_ == Mode::closing) return;
    if (mode_ == Mode::greeting) {
        say(Reply{reply.code, "", {std::string(reply.text)}});
    } else {
        say(reply);
    }
    mode_ = Mode::closing;
    pending_ = Pending::none;
    starting_tls_ = false;
}

void Session::say(const Reply& reply) {
    if (reply.code >= 500) ++errors_;
    output_ += wire(reply, envelope_.smtputf8 ? ReplyText::utf8 : ReplyText::ascii);
}

void Session::say(const StandardReply& reply, std::string_view inserted) {
    say(reply_of(reply, inserted));
}

void Session::forget_transaction() {
    in_transaction_ = false;
    pending_ = Pending::none;
    envelope_ = {};
    recipient_ = {};
    to_postmaster_ = false;
    declared_.reset();
    hold_.clear();
    queue_id_.clear();
    content_.reset();
    size_ = 0;
}

std::string_view Session::protocol() const {
    if (!esmtp_) return "SMTP";
    if (envelope_.smtputf8) return client_.tls.empty() ? "UTF8SMTP" : "UTF8SMTPS";
    return client_.tls.empty() ? "ESMTP" : "ESMTPS";
}

}  // namespace postern::relay
