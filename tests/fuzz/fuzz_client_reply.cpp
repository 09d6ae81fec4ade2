// SPDX-License-Identifier: Apache-2.0
// A server's replies are any octets: whole and octet by octet the parser reads the same, what it keeps is visible text, and
// a session that hears them ends with one outcome for each recipient, delivered only where the server took both it and
// the message.
#include "relay/client.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace postern::relay;
using Action = Step::Action;

std::string replies_of(std::string_view octets, std::size_t piece) {
    ReplyParser parser;
    std::string seen;
    while (!octets.empty()) {
        std::string_view part = octets.substr(0, piece);
        octets.remove_prefix(part.size());
        while (!part.empty()) {
            const auto result = parser.feed(part);
            if (result == ReplyParser::Result::broken) return seen + parser.trouble();
            if (result == ReplyParser::Result::more) break;
            const ClientReply reply = parser.take();
            if (reply.code < 200 || reply.code > 599 || reply.lines.empty()) std::abort();
            const std::string line = reply.one_line();
            if (visible(line) != line || line.size() > 1100) std::abort();
            seen += line + "|" + reply.enhanced() + "\n";
        }
    }
    return seen;
}

Transaction transaction() {
    Transaction wanted;
    wanted.envelope.reverse_path = "a@from.example";
    wanted.envelope.forward_paths = {{"b@to.example", {}, {}}, {"c@to.example", {}, {}}, {"d@to.example", {}, {}}};
    wanted.size = 100;
    return wanted;
}

void check_outcomes(const ClientSession& session, bool taken) {
    if (session.outcomes().size() != 3) std::abort();
    for (const Outcome& outcome : session.outcomes()) {
        if (outcome.status.empty() || outcome.text.empty()) std::abort();
        if (outcome.kind == Outcome::Kind::delivered && !taken) std::abort();
    }
}

void converse(std::string_view octets, TlsPolicy policy) {
    ClientSession session({"relay.example", policy, {}});
    ReplyParser parser;
    Step step = session.start();
    bool in_transaction = false;
    bool content_sent = false;
    for (;;) {
        const std::string said = session.take_output();
        if (!said.empty() && !said.ends_with("\r\n")) std::abort();
        switch (step.action) {
            case Action::start_tls: step = session.on_tls(); break;
            case Action::content: content_sent = true, step = session.on_content_sent(); break;
            case Action::done: check_outcomes(session, content_sent); [[fallthrough]];
            case Action::ready: in_transaction = true, content_sent = false, step = session.begin(transaction()); break;
            case Action::close:
                if (in_transaction && !session.outcomes().empty() && session.outcomes()[0].text.empty()) std::abort();
                return;
            case Action::read:
                const auto result = parser.feed(octets);
                step = result == ReplyParser::Result::reply ? session.on_reply(parser.take()) : session.on_trouble("it broke");
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (replies_of(octets, 1) != replies_of(octets, octets.size())) std::abort();
    converse(octets, static_cast<TlsPolicy>(data[0] % 4));
    return 0;
}
