// SPDX-License-Identifier: Apache-2.0
// The access control list: the rules of a site, between a command and its reply.
//
// A rule is a step: a function of what is known at a stage. It lets pass, or refuses, defers or holds, with a
// sentence. The first that does not let pass speaks for all; a hold lets the later ones speak too, since a refusal
// weighs more.
#pragma once

#include "relay/envelope.h"
#include "relay/reply.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace postern::relay {

// When a question is asked: the command was found valid, and its reply is not said yet.
enum class Stage : std::uint8_t { mail, rcpt, data };

struct Question {
    Stage stage{};
    const Envelope& envelope;                // as far as it is known; at `rcpt` without the new recipient
    const ForwardPath* recipient = nullptr;  // at `rcpt`: the new one
    std::optional<std::uint64_t> declared;   // SIZE=
    bool to_postmaster = false;              // at `rcpt`: it was <postmaster>, without a domain
};

struct Ruling {
    enum class Kind : std::uint8_t { pass, refuse, defer, hold };
    Kind kind = Kind::pass;
    Reply reply{};         // of refuse (5yz) and defer (4yz)
    std::string reason{};  // of hold, for whoever looks at it

    static Ruling pass() { return {}; }
    static Ruling refuse(Reply reply) { return {Kind::refuse, std::move(reply)}; }
    static Ruling defer(Reply reply) { return {Kind::defer, std::move(reply)}; }
    static Ruling hold(std::string reason) { return {Kind::hold, {}, std::move(reason)}; }
};

using AclStep = std::function<Ruling(const Question&)>;

// Immutable once it is in use, and then shared by all sessions. Steps must be thread-safe.
class Acl {
public:
    void add(Stage stage, AclStep step);
    Ruling ask(const Question& question) const;

private:
    struct Entry {
        Stage stage;
        AclStep step;
    };
    std::vector<Entry> steps_;
};

}  // namespace postern::relay
