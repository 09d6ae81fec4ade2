// SPDX-License-Identifier: Apache-2.0
// Session: one SMTP connection, server side, without a socket. Start here.
//
// Octets go in with receive(); next() says what to do, one action after the other, until it wants
// more octets. Whoever drives it (a coroutine over a socket, a test over a text file) does what it
// says and answers where an answer is wanted: ruled(), opened(), finished(), tls_started(). The
// session knows the protocol and nothing else: rules are the ACL's, messages the queue's, verdicts
// the scanner's.
//
// Invariants
//  (1) How the octets were cut into pieces makes no difference, but for what was sent ahead of a
//  reply that had to be
//      waited for; that ends the session.
//  (2) Each command gets one reply, in order. A command ends with CR LF, a message with CR LF . CR
//  LF. (3) After STARTTLS nothing of before is known, neither octets nor names.
//
// Not thread-safe; may move between threads.
#pragma once

#include "relay/acl.h"
#include "relay/address.h"
#include "relay/command.h"
#include "relay/dot_stuffing.h"
#include "relay/envelope.h"
#include "relay/header_filter.h"
#include "relay/line_reader.h"
#include "relay/parameters.h"
#include "relay/reply.h"
#include "relay/session_options.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace postern::relay {

struct Action {
    enum class Kind : std::uint8_t {
        greet,      // wait a moment: who speaks before he is greeted is refused; then call next()
        read,       // send what is to be sent, read, then receive()
        write,      // `octets` are to be sent
        ask,        // put question() to the ACL, then ruled()
        open,       // a message begins: make a place for it, then opened()
        store,      // `octets` belong to the message
        submit,     // the message is complete: scan it, queue it, then finished()
        start_tls,  // send what is to be sent, drop what is readable, shake hands, then
                    // tls_started()
        close       // send what is to be sent, and close
    };
    Kind kind = Kind::read;
    std::string_view octets{};  // until the next call
};

class Session {
public:
    // `client` has its address, port and listener; `tls` says what was agreed on before the
    // greeting, empty: nothing.
    Session(std::shared_ptr<const SessionOptions> options, Client client,
            std::string_view tls = {});

    void receive(std::string_view octets);
    Action next();

    // ---- Answers, each to the action of its name.
    Question question() const;
    void ruled(Ruling ruling);
    void opened(std::string_view queue_id);
    void finished(const Reply& reply);
    void tls_started(std::string_view tls);

    // The end that the other side, the clock or the operator brings: the reply, and then close.
    // Says nothing when the session closes already.
    void end(const StandardReply& reply);

    // ---- What the driver asks.
    const Envelope& envelope() const { return envelope_; }
    const std::string& hold_reason() const { return hold_; }  // of the ACL; empty: none
    std::string_view queue_id() const { return queue_id_; }
    bool in_data() const { return mode_ == Mode::data; }
    // Nothing is under way: it may be ended when the service stops.
    bool is_idle() const {
        return !in_data() && !in_transaction_ && input_.empty() && !reader_.in_line();
    }
    std::uint64_t content_size() const { return size_; }
    unsigned errors() const { return errors_; }

private:
    enum class Mode : std::uint8_t { greeting, commands, data, closing };
    enum class Pending : std::uint8_t { none, mail, rcpt, data, opening, submit };

    std::optional<Action> next_command();
    std::optional<Action> next_data();
    void greet();
    void dispatch(const Line& line);
    void end_when_too_many();
    void obey(const Command& command);
    bool refuse_faulty(const Line& line, const Command& command);
    bool refuse_octets(const Line& line, const Command& command);

    void ehlo(const Command& command);
    void offer_extensions();
    void mail(const Command& command);
    void rcpt(const Command& command);
    void data();
    void start_tls();
    void verify(const Command& command);
    void quit();
    void unknown();

    std::optional<Path> path_of(const Command& command, PathKind kind, std::string_view& rest);
    bool refuse_path(const Path& path, PathKind kind);
    bool refuse_charset(const Path& path, bool smtputf8);
    bool refuse_parameters(const ParameterResult& result, std::string_view text);
    void accept_recipient();
    Action end_of_data();
    std::optional<Reply> content_refusal() const;
    Reply size_reply(const StandardReply& standard, std::uint64_t size) const;

    void say(const Reply& reply);
    void say(const StandardReply& reply, std::string_view inserted = {});
    bool ahead(std::string_view what);
    void forget_transaction();
    std::string_view protocol() const;

    std::shared_ptr<const SessionOptions> options_;
    Client client_;
    Mode mode_ = Mode::greeting;
    bool greeted_ = false;
    bool esmtp_ = false;
    bool starting_tls_ = false;
    std::string input_;
    std::size_t taken_ = 0;  // of input_
    LineReader reader_;
    std::string output_;
    std::string sent_;  // what the last write action shows

    Pending pending_ = Pending::none;
    bool in_transaction_ = false;
    Envelope envelope_;
    ForwardPath recipient_;
    bool to_postmaster_ = false;
    std::optional<std::uint64_t> declared_;
    std::string hold_;
    std::string queue_id_;

    struct Content;  // of a message that comes in
    struct ContentDeleter {
        void operator()(Content* content) const;
    };
    std::unique_ptr<Content, ContentDeleter> content_;
    std::uint64_t size_ = 0;

    unsigned errors_ = 0;
    unsigned unknown_ = 0;
};

}  // namespace postern::relay
