// SPDX-License-Identifier: Apache-2.0
// ClientSession: the sending side of SMTP without a socket. A reply goes in, a step comes out.
//
// Whoever owns the connection writes output(), does what the step says (read a reply, shake hands, send the
// content) within its time, and tells what came of it. The session knows the order of commands, what may be
// pipelined (RFC 2920), which parameters the server offered, and what a reply means for which recipient.
//
// Invariants
//  (1) At `done` or `close` every recipient of the transaction has exactly one outcome.
//  (2) Delivered is said only of recipients whose RCPT and whose end of data got a 2xx.
//  (3) Nothing that the server did not offer is asked of it; what the message cannot do without is then an outcome.
#pragma once

#include "relay/client_reply.h"
#include "relay/envelope.h"
#include "relay/spool.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postern::relay {

enum class TlsPolicy : std::uint8_t {
    none,     // never
    may,      // where it is offered; a failed handshake is followed by an attempt without
    encrypt,  // or not at all; certificates are not looked at
    verify,   // ... and the certificate must be trusted and name the host
};

// RFC 5321 4.5.3.2
struct ClientTimes {
    std::chrono::seconds connect{30};
    std::chrono::seconds greeting{300};
    std::chrono::seconds command{300};
    std::chrono::seconds data{120};
    std::chrono::seconds block{180};
    std::chrono::seconds end_of_data{600};
    std::chrono::seconds farewell{5};
};

struct ClientOptions {
    std::string hostname;  // of EHLO
    TlsPolicy tls = TlsPolicy::may;
    ClientTimes times;
};

// What EHLO told.
struct Offer {
    bool pipelining = false;
    bool size = false;
    std::uint64_t size_limit = 0;  // 0: none told
    bool eight_bit_mime = false;
    bool smtputf8 = false;
    bool dsn = false;
    bool starttls = false;
};

// What became of a recipient, or of the session.
struct Outcome {
    enum class Kind : std::uint8_t { delivered, deferred, refused };
    Kind kind = Kind::deferred;
    std::string status;     // RFC 3463: "5.1.1"
    std::string text;       // one visible line; a reply's with its code
    bool remote = false;    // said by the server, not by us
    std::string command;    // it answers: "RCPT TO"; empty: none
    bool too_many = false;  // deferred since the transaction had recipients enough: another one may take it at once
};

Outcome local_outcome(Outcome::Kind kind, std::string status, std::string text);

struct Transaction {
    Envelope envelope;      // forward_paths: those to be told to this server, at least one
    ContentFacts facts;
    std::uint64_t size = 0; // of all that will be sent, unstuffed
};

struct Step {
    enum class Action : std::uint8_t {
        read,      // one reply, then on_reply()
        start_tls, // what of the server's is still unread is to be thrown away with the connection; then on_tls()
        ready,     // for begin() or quit()
        content,   // the message by a ContentWriter, then on_content_sent()
        done,      // the transaction: outcomes() say what came of it; then as `ready`
        close,     // the connection; outcomes() if a transaction was going on, else failure()
    };
    Action action = Action::close;
    std::chrono::seconds wait{0};
};

class ClientSession {
public:
    explicit ClientSession(ClientOptions options) : options_(std::move(options)) {}

    Step start();  // once connected
    Step on_reply(const ClientReply& reply);
    Step on_tls();  // the handshake succeeded
    Step begin(Transaction transaction);  // REQUIRES: ready or done
    Step on_content_sent();
    Step quit();                          // REQUIRES: ready or done
    // The connection broke, a time ran out, or nonsense came: `what` is a sentence.
    Step on_trouble(const std::string& what);

    // To be written before the step is done; moves it out.
    std::string take_output() { return std::exchange(output_, {}); }
    const Offer& offer() const { return offer_; }
    bool encrypted() const { return encrypted_; }
    // Of the transaction: the server has answered something. If not, and the connection broke, nothing was done.
    bool was_answered() const { return answered_ > 0; }
    // The session ended between STARTTLS and the EHLO behind it: TLS could not be had, though it was offered.
    bool handshake_failed() const { return handshake_failed_; }
    Step on_failed_handshake(const std::string& what);
    const std::vector<Outcome>& outcomes() const { return outcomes_; }
    const Outcome& failure() const { return failure_; }

private:
    enum class State : std::uint8_t { greeting, ehlo, helo, starttls, handshake, ready, transaction, quit, closed };
    enum class Verb : std::uint8_t { rset, mail, rcpt, data, end };
    struct Command {
        Verb verb;
        std::size_t recipient = 0;
    };

    Step on_greeting(const ClientReply& reply);
    Step on_ehlo(const ClientReply& reply);
    Step greeted();
    Step say_ehlo();
    Step on_answer(const ClientReply& reply);
    void on_mail(const ClientReply& reply);
    void on_rcpt(std::size_t recipient, const ClientReply& reply);
    Step on_data(const ClientReply& reply);
    Step finish(Step::Action action);
    Step go_on();
    Step fail(Outcome why);
    std::optional<Outcome> impossible() const;
    std::string line_of(const Command& command) const;
    std::string mail_parameters() const;
    std::string rcpt_parameters(const ForwardPath& path) const;
    bool needs_smtputf8() const;
    void settle(const Outcome& outcome);  // for all that have none
    bool any_accepted() const;

    ClientOptions options_;
    State state_ = State::greeting;
    Offer offer_;
    bool encrypted_ = false;
    bool handshake_failed_ = false;
    bool needs_reset_ = false;
    std::string output_;
    Outcome failure_;

    Transaction transaction_;
    std::vector<Command> commands_;
    std::size_t sent_ = 0;
    std::size_t answered_ = 0;
    bool content_refused_ = false;  // 354 though nobody is left: the end of data at once
    std::vector<Outcome> outcomes_;
    std::vector<bool> settled_;
    std::vector<bool> accepted_;
};

// The lines of EHLO's reply as an offer.
Offer offer_of(const ClientReply& reply);

}  // namespace postern::relay
