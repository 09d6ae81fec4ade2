// SPDX-License-Identifier: Apache-2.0
// A session takes any octets, cut anywhere: whole and octet by octet it says the same and submits the same messages.
// How much of a message that is refused was stored before may differ.
#include "relay/access_rules.h"
#include "relay/session.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace postern::relay;

struct Heard {
    std::string replies;
    std::string content;  // of the messages submitted
};

// Octets that are sent one at a time never come ahead of a reply; so the whole is cut behind each line.
Heard play(std::string_view octets, std::size_t length, LineEnds ends) {
    auto options = std::make_shared<SessionOptions>();
    options->hostname = "relay.example.org";
    options->postmaster = "postmaster@example.org";
    options->line_ends = ends;
    options->message_size = 1000;
    Session session(options, Client{"192.0.2.7", 1, "", "", "", "", ""});
    Heard heard;
    std::string stored;
    std::size_t at = 0;
    for (;;) {
        const Action action = session.next();
        switch (action.kind) {
            case Action::Kind::greet: break;
            case Action::Kind::write: heard.replies += action.octets; break;
            case Action::Kind::ask: session.ruled(Ruling::pass()); break;
            case Action::Kind::open:
                stored.clear();
                session.opened("ID");
                break;
            case Action::Kind::store: stored += action.octets; break;
            case Action::Kind::submit:
                heard.content += stored + '\n';
                session.finished(reply_of(replies::accepted, "ID"));
                break;
            case Action::Kind::start_tls: session.tls_started("TLS"); break;
            case Action::Kind::close: return heard;
            case Action::Kind::read:
                if (at == octets.size()) return heard;
                std::size_t take = std::min(length, octets.size() - at);
                if (const auto lf = octets.substr(at, take).find('\n'); lf != std::string_view::npos) take = lf + 1;
                session.receive(octets.substr(at, take));
                at += take;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
    const LineEnds ends = (data[0] & 1) != 0 ? LineEnds::mended : LineEnds::strict;
    const Heard one = play(octets, 1, ends);
    const Heard all = play(octets, octets.size() + 1, ends);
    if (one.replies != all.replies || one.content != all.content) std::abort();
    return 0;
}
