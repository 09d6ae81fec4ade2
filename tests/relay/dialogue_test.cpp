// SPDX-License-Identifier: Apache-2.0
// The dialogues of tests/relay/dialogues, played against a Session without sockets, cut in three
// ways.
#include "tests/support/dialogue.h"

#include "relay/access_rules.h"
#include "relay/session.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>
#include <deque>

namespace postern::relay {

namespace {

using tests::Cut;
using tests::Dialogue;

std::shared_ptr<const SessionOptions> options_of(const Dialogue& dialogue) {
    auto options = std::make_shared<SessionOptions>();
    const std::string tls = dialogue.option("tls", "offered");
    options->hostname = "relay.example.org";
    options->postmaster = "postmaster@example.org";
    options->tls = tls == "none"       ? TlsOffer::none
                   : tls == "required" ? TlsOffer::required
                                       : TlsOffer::offered;
    options->line_ends =
        dialogue.option("devices", "") == "old" ? LineEnds::mended : LineEnds::strict;
    options->message_size = std::stoull(dialogue.option("message_size", "104857600"));
    options->recipients = std::stoull(dialogue.option("recipients", "1000"));
    return options;
}

// Drives a session as a connection does, with rules and without a queue.
class SessionWire final : public tests::Wire {
public:
    explicit SessionWire(const Dialogue& dialogue)
        : session_(options_of(dialogue), Client{"192.0.2.7", 40000, "", "", "", "", "test"}) {
        std::vector<Network> networks{*Network::parse("192.0.2.0/24")};
        if (dialogue.option("networks", "") == "others")
            networks = {*Network::parse("198.51.100.0/24")};
        acl_.add(Stage::mail,
                 room_on_disk([full = dialogue.option("disk", "") == "full"](std::uint64_t) {
                     return full ? std::make_error_code(std::errc::no_space_on_device)
                                 : std::error_code();
                 }));
        acl_.add(Stage::rcpt, allowed_networks(networks, ListenerKind::smarthost));
        if (!dialogue.has_early()) drive();
    }

    void send(const std::string& octets) override {
        session_.receive(octets);
        drive();
    }

    std::optional<std::string> line() override {
        const std::size_t end = replies_.find("\r\n");
        if (end == std::string::npos)
            return closed_ ? std::nullopt : std::optional<std::string>("(nothing)");
        std::string line = replies_.substr(0, end);
        replies_.erase(0, end + 2);
        return line;
    }

    bool start_tls() override {
        if (!shaking_hands_) return false;
        shaking_hands_ = false;
        session_.tls_started("TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256 bits)");
        drive();
        return true;
    }

    std::optional<std::string> stored() override { return stored_; }

private:
    using Kind = Action::Kind;

    void drive() {
        while (!closed_ && !shaking_hands_) {
            const Action action = session_.next();
            switch (action.kind) {
                case Kind::read:
                    return;
                case Kind::greet:
                    break;
                case Kind::write:
                    replies_ += action.octets;
                    break;
                case Kind::ask:
                    session_.ruled(acl_.ask(session_.question()));
                    break;
                case Kind::open:
                    content_.clear();
                    session_.opened("TESTQUEUEID");
                    break;
                case Kind::store:
                    content_ += action.octets;
                    break;
                case Kind::submit:
                    stored_ = content_;
                    session_.finished(reply_of(replies::accepted, "TESTQUEUEID"));
                    break;
                case Kind::start_tls:
                    shaking_hands_ = true;
                    break;
                case Kind::close:
                    closed_ = true;
                    break;
            }
        }
    }

    Session session_;
    Acl acl_;
    std::string replies_;
    std::string content_;
    std::optional<std::string> stored_;
    bool closed_ = false;
    bool shaking_hands_ = false;
};

void play_all(Cut cut) {
    const auto dialogues = tests::read_dialogues(tests::source_path("tests/relay/dialogues"));
    for (const Dialogue& dialogue : dialogues) {
        if (cut == Cut::octets && dialogue.option("cut", "") == "whole") continue;
        SessionWire wire(dialogue);
        EXPECT_EQ(tests::play(dialogue, wire, cut), "");
    }
}

}  // namespace

TEST(Dialogues, CommandByCommand) {
    play_all(Cut::commands);
}
TEST(Dialogues, OctetByOctet) {
    play_all(Cut::octets);
}
TEST(Dialogues, Pipelined) {
    play_all(Cut::pipelined);
}

TEST(Dialogues, AreManyAndEachNamesItsRule) {
    const auto dialogues = tests::read_dialogues(tests::source_path("tests/relay/dialogues"));
    EXPECT_GE(dialogues.size(), 250u);
    for (const Dialogue& dialogue : dialogues) {
        EXPECT_TRUE(dialogue.title.starts_with("RFC ") || dialogue.title.starts_with("CVE-") ||
                    dialogue.title.starts_with("VU#") || dialogue.title.starts_with("RELAY "))
            << dialogue.file << ":" << dialogue.line << ": " << dialogue.title;
    }
}

}  // namespace postern::relay
