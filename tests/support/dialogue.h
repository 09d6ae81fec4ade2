// SPDX-License-Identifier: Apache-2.0
// Dialogues: SMTP sessions as text, each with the rule it is about, to be played against anything
// that speaks SMTP.
//
//   == RFC 5321 4.1.4: MAIL before EHLO is out of sequence
//   C MAIL FROM:<a@example.org>
//   S 503 5.5.1
//
//   C TEXT        send TEXT and CR LF; R TEXT sends it as it is. \r \n \t \0 \\ \xHH, and \{N*TEXT}
//   for N times TEXT S CODE [ENHANCED] [has TEXT] [lacks TEXT]   the next reply, all its lines
//   together with KEY=VALUE ...    what the server is to be set to; cut=whole: makes sense in one
//   piece only hello, mail, rcpt, data   the session up to there, with all that belongs before it
//   early TEXT    sent before the greeting is read
//   tls           the handshake that STARTTLS was answered for
//   stored TEXT   what the message was, when it got the last 250
//   closed        the server has closed; open: it still answers NOOP
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace postern::tests {

struct DialogueStep {
    enum class Kind { send, early, expect, tls, stored, closed, open };
    Kind kind{};
    std::string text;
    int line = 0;
};

struct Dialogue {
    std::string title;
    std::string file;
    int line = 0;
    std::map<std::string, std::string> options;
    std::vector<DialogueStep> steps;

    std::string option(const std::string& key, const std::string& otherwise) const;
    bool has_early() const {
        return !steps.empty() && steps.front().kind == DialogueStep::Kind::early;
    }
};

// All files of a folder, sorted by name. Throws std::runtime_error for what it does not understand.
std::vector<Dialogue> read_dialogues(const std::string& folder);

// The other side.
class Wire {
public:
    virtual ~Wire() = default;
    virtual void send(const std::string& octets) = 0;
    virtual std::optional<std::string> line() = 0;  // of a reply, without CR LF; nothing: closed
    virtual bool start_tls() = 0;
    virtual bool knows_stored() const { return true; }
    virtual std::optional<std::string> stored() = 0;  // the last message that was accepted
};

// How what is sent is cut: a command at a time, octet by octet, or as many commands together as RFC
// 2920 allows.
enum class Cut { commands, octets, pipelined };

// Empty, or what was different: "FILE:LINE: ...".
std::string play(const Dialogue& dialogue, Wire& wire, Cut cut);

}  // namespace postern::tests
