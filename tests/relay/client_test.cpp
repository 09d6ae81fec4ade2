// SPDX-License-Identifier: Apache-2.0
// The client's dialogues: a server's lines in, ours out. "S: " is the server, "C: " what must have been said.
#include "relay/client.h"

#include <gtest/gtest.h>

namespace postern::relay {
namespace {

class Dialogue {
public:
    explicit Dialogue(ClientOptions options = {"relay.example", TlsPolicy::none, {}}) : session(std::move(options)) {
        step = session.start();
    }
    // Feeds the server's lines.
    Dialogue& server(std::string_view lines) {
        while (!lines.empty()) {
            EXPECT_EQ(step.action, Step::Action::read) << lines;
            if (step.action != Step::Action::read) break;
            const auto result = parser.feed(lines);
            EXPECT_NE(result, ReplyParser::Result::broken) << parser.trouble();
            if (result != ReplyParser::Result::reply) break;
            step = session.on_reply(parser.take());
        }
        return *this;
    }
    Dialogue& begin(std::initializer_list<ForwardPath> paths) {
        transaction.envelope.forward_paths = paths;
        step = session.begin(transaction);
        return *this;
    }
    std::string said() { return session.take_output(); }
    const Outcome& outcome(std::size_t i = 0) { return session.outcomes().at(i); }

    ClientSession session;
    ReplyParser parser;
    Step step;
    Transaction transaction{[] { Envelope e; e.reverse_path = "me@example.org"; return e; }(), {}, 120};
};

constexpr std::string_view plain = "220 hi\r\n250 me\r\n";
constexpr std::string_view modern =
    "220 hi ESMTP\r\n250-me\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 DSN\r\n";
using Kind = Outcome::Kind;
using Action = Step::Action;

TEST(Client, OneByOneWithoutPipelining) {
    Dialogue d;
    d.server(plain).begin({{"a@b.example", {}, {}}, {"c@b.example", {}, {}}});
    EXPECT_EQ(d.said(), "EHLO relay.example\r\nMAIL FROM:<me@example.org>\r\n");
    d.server("250 ok\r\n");
    EXPECT_EQ(d.said(), "RCPT TO:<a@b.example>\r\n");
    d.server("250 ok\r\n");
    EXPECT_EQ(d.said(), "RCPT TO:<c@b.example>\r\n");
    d.server("250 ok\r\n");
    EXPECT_EQ(d.said(), "DATA\r\n");
    d.server("354 go\r\n");
    EXPECT_EQ(d.step.action, Action::content);
    d.step = d.session.on_content_sent();
    d.server("250 2.0.0 taken\r\n");
    EXPECT_EQ(d.step.action, Action::done);
    EXPECT_EQ(d.outcome(1).kind, Kind::delivered);
    EXPECT_EQ(d.outcome(1).text, "250 2.0.0 taken");
}

TEST(Client, PipelinesAGroupAndKeepsRepliesApart) {
    Dialogue d;
    d.server(modern).begin({{"a@b.example", {}, {}}, {"c@b.example", {}, {}}, {"d@b.example", {}, {}}});
    EXPECT_EQ(d.said(),
              "EHLO relay.example\r\nMAIL FROM:<me@example.org> SIZE=120\r\nRCPT TO:<a@b.example>\r\n"
              "RCPT TO:<c@b.example>\r\nRCPT TO:<d@b.example>\r\nDATA\r\n");
    d.server("250 ok\r\n550 5.1.1 who?\r\n451 4.2.0 later\r\n250 ok\r\n354 go\r\n");
    EXPECT_EQ(d.step.action, Action::content);
    d.step = d.session.on_content_sent();
    d.server("554 5.6.0 ugly\r\n");
    EXPECT_EQ(d.outcome(0).status, "5.1.1");
    EXPECT_EQ(d.outcome(0).command, "RCPT TO");
    EXPECT_EQ(d.outcome(1).kind, Kind::deferred);
    EXPECT_EQ(d.outcome(2).kind, Kind::refused);
    EXPECT_EQ(d.outcome(2).command, "end of DATA");
}

TEST(Client, ADataThatNobodyWantsIsEndedAtOnce) {  // RFC 2920 3.1
    Dialogue d;
    d.server(modern).begin({{"a@b.example", {}, {}}});
    d.said();
    d.server("250 ok\r\n550 no\r\n354 go\r\n");
    EXPECT_EQ(d.said(), ".\r\n");
    d.server("250 an empty message\r\n");
    EXPECT_EQ(d.step.action, Action::done);
    EXPECT_EQ(d.outcome().kind, Kind::refused);
}

TEST(Client, ReuseAfterAFailedTransactionBeginsWithRset) {
    Dialogue d;
    d.server(modern).begin({{"a@b.example", {}, {}}});
    d.server("250 ok\r\n550 no\r\n503 no recipients\r\n");
    EXPECT_EQ(d.step.action, Action::done);
    d.said();
    d.begin({{"b@b.example", {}, {}}});
    EXPECT_TRUE(d.said().starts_with("RSET\r\nMAIL FROM:"));
    d.server("250 reset\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    d.step = d.session.on_content_sent();
    d.server("250 ok\r\n").begin({{"c@b.example", {}, {}}});
    EXPECT_TRUE(d.said().starts_with("MAIL FROM:"));
}

TEST(Client, WithoutPipeliningNobodyLeftMeansNoData) {
    Dialogue d;
    d.server(plain).begin({{"a@b.example", {}, {}}}).server("250 ok\r\n");
    d.said();
    d.server("550 no\r\n");
    EXPECT_EQ(d.step.action, Action::done);
    EXPECT_EQ(d.said(), "");
}

TEST(Client, ARefusedSenderIsEveryRecipientsOutcome) {
    Dialogue d;
    d.server(modern).begin({{"a@b.example", {}, {}}, {"c@b.example", {}, {}}});
    d.server("450 4.7.1 slow down\r\n503 what\r\n503 what\r\n503 what\r\n");
    EXPECT_EQ(d.step.action, Action::done);
    EXPECT_EQ(d.outcome(1).text, "450 4.7.1 slow down");
    EXPECT_EQ(d.outcome(1).command, "MAIL FROM");
}

TEST(Client, Answer421EndsEverythingAnywhere) {
    for (const char* before : {"", "250 ok\r\n", "250 ok\r\n250 ok\r\n"}) {
        Dialogue d;
        d.server(modern).begin({{"a@b.example", {}, {}}}).server(before).server("421 4.3.2 going down\r\n");
        EXPECT_EQ(d.step.action, Action::close);
        EXPECT_EQ(d.outcome().kind, Kind::deferred);
        EXPECT_EQ(d.outcome().text, "421 4.3.2 going down");
    }
}

TEST(Client, AGreetingOf554IsToBeTriedElsewhere) {
    Dialogue d;
    d.server("554 no service\r\n");
    EXPECT_EQ(d.step.action, Action::close);
    EXPECT_EQ(d.session.failure().kind, Kind::deferred);
    EXPECT_EQ(d.session.failure().text, "554 no service");
}

TEST(Client, TooManyRecipientsIsTemporaryUnderEitherCode) {  // RFC 5321 4.5.3.1.10
    Dialogue d;
    d.server(modern).begin({{"a@b.example", {}, {}}, {"c@b.example", {}, {}}});
    d.server("250 ok\r\n250 ok\r\n552 too many\r\n354 go\r\n");
    d.step = d.session.on_content_sent();
    d.server("250 ok\r\n");
    EXPECT_EQ(d.outcome(0).kind, Kind::delivered);
    EXPECT_EQ(d.outcome(1).kind, Kind::deferred);
}

TEST(Client, EhloFallsBackToHelo) {  // RFC 5321 3.2
    Dialogue d;
    d.server("220 old\r\n502 what?\r\n");
    EXPECT_EQ(d.said(), "EHLO relay.example\r\nHELO relay.example\r\n");
    d.server("250 me\r\n");
    EXPECT_EQ(d.step.action, Action::ready);
}

TEST(Client, ParametersAreSaidWhereTheyAreOffered) {  // RFC 3461 5.2
    Dialogue d;
    Envelope& envelope = d.transaction.envelope;
    envelope.ret = Return::headers;
    envelope.envelope_id = "Q+2B1";
    d.transaction.facts.eight_bit = true;
    const ForwardPath path{"a@b.example", {false, true, true, false}, "rfc822;a@b"};
    d.server(modern).begin({path});
    EXPECT_EQ(d.said(), "EHLO relay.example\r\nMAIL FROM:<me@example.org> SIZE=120 BODY=8BITMIME RET=HDRS ENVID=Q+2B1\r\n"
                        "RCPT TO:<a@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@b\r\nDATA\r\n");
    Dialogue old;
    old.transaction.envelope = envelope;
    old.server(plain).begin({path});
    EXPECT_EQ(old.said(), "EHLO relay.example\r\nMAIL FROM:<me@example.org>\r\n");
}

TEST(Client, WhatTheServerCannotTakeIsSaidWithoutAskingIt) {
    const auto status = [](auto change, std::string_view greeting) {
        Dialogue d;
        change(d.transaction);
        d.server(greeting).said();
        d.begin({{"a@b.example", {}, {}}});
        EXPECT_EQ(d.step.action, Action::done);
        EXPECT_EQ(d.said(), "");
        return d.outcome().status;
    };
    EXPECT_EQ(status([](Transaction& t) { t.facts.eight_bit = true; }, plain), "5.6.3");  // RFC 6152 3
    EXPECT_EQ(status([](Transaction& t) { t.envelope.smtputf8 = t.facts.eight_bit_header = true; }, plain), "5.6.7");
    EXPECT_EQ(status([](Transaction& t) { t.size = 1001; }, modern), "5.3.4");  // RFC 1870 6.3
    EXPECT_EQ(status([](Transaction& t) { t.envelope.reverse_path = "a\r\nRCPT TO:<x@y>"; }, modern), "5.1.3");
}

TEST(Client, AsciiMailOfAnSmtputf8SessionGoesAnywhere) {
    Dialogue d;
    d.transaction.envelope.smtputf8 = true;
    d.server(plain).begin({{"a@b.example", {}, {}}});
    EXPECT_EQ(d.step.action, Action::read);
}

constexpr std::string_view with_tls = "220 hi\r\n250-me\r\n250 STARTTLS\r\n";

TEST(Client, TlsWhereItIsOffered) {
    Dialogue d({"relay.example", TlsPolicy::may, {}});
    d.server(with_tls).server("220 go\r\n");
    EXPECT_EQ(d.step.action, Action::start_tls);
    EXPECT_EQ(d.said(), "EHLO relay.example\r\nSTARTTLS\r\n");
    d.step = d.session.on_tls();
    EXPECT_EQ(d.said(), "EHLO relay.example\r\n");
    EXPECT_FALSE(d.session.offer().starttls);  // RFC 3207 4.2
    d.server("250-me\r\n250 STARTTLS\r\n");
    EXPECT_EQ(d.step.action, Action::ready);
}

TEST(Client, TlsThatIsRequiredIsNotDoneWithout) {
    for (const TlsPolicy policy : {TlsPolicy::encrypt, TlsPolicy::verify}) {
        Dialogue none({"relay.example", policy, {}});
        none.server(plain);
        EXPECT_EQ(none.step.action, Action::close);
        EXPECT_EQ(none.session.failure().status, "4.7.10");
        Dialogue refused({"relay.example", policy, {}});
        refused.server(with_tls).server("454 no\r\n");
        EXPECT_EQ(refused.step.action, Action::close);
    }
    Dialogue may({"relay.example", TlsPolicy::may, {}});
    may.server(with_tls).server("454 no\r\n");
    EXPECT_EQ(may.step.action, Action::ready);
}

TEST(Client, TroubleDefersWhateverIsOpen) {
    Dialogue d;
    d.server(modern).begin({{"a@b.example", {}, {}}, {"c@b.example", {}, {}}}).server("250 ok\r\n550 no\r\n");
    d.step = d.session.on_trouble("the connection was lost");
    EXPECT_EQ(d.step.action, Action::close);
    EXPECT_EQ(d.outcome(0).kind, Kind::refused);
    EXPECT_EQ(d.outcome(1).text, "the connection was lost");
}

TEST(Client, TimesAreThoseOfTheStandard) {  // RFC 5321 4.5.3.2
    using std::chrono::seconds;
    Dialogue d;
    EXPECT_EQ(d.step.wait, seconds(300));
    d.server(modern).begin({{"a@b.example", {}, {}}}).server("250 ok\r\n250 ok\r\n");
    EXPECT_EQ(d.step.wait, seconds(120));
    d.server("354 go\r\n");
    d.step = d.session.on_content_sent();
    EXPECT_EQ(d.step.wait, seconds(600));
}

}  // namespace
}  // namespace postern::relay
