// SPDX-License-Identifier: Apache-2.0
// The delivery against servers that behave and servers that do not, over real sockets.
#include "relay/delivery.h"

#include "tests/relay/queue_harness.h"
#include "tests/support/smtp_sink.h"

#include <gtest/gtest.h>
#include <mutex>

namespace postern::relay::tests {
namespace {

using namespace std::chrono_literals;
using postern::tests::Manner;
using postern::tests::Received;
using postern::tests::SmtpSink;
using postern::tests::TemporaryFolder;

class Seen : public DeliveryEvents {
public:
    void attempted(const DeliveryAttempt& attempt) override {
        const std::lock_guard lock(mutex_);
        attempts_.push_back(attempt.outcome);
    }
    void completed(const QueuedMessage&) override { ++completed_; }
    std::vector<Outcome> wait_for_attempts(std::size_t n) {
        for (int i = 0; i < 2000; ++i) {
            {
                const std::lock_guard lock(mutex_);
                if (attempts_.size() >= n) return attempts_;
            }
            std::this_thread::sleep_for(10ms);
        }
        return {};
    }
    void wait_for_completed(int n) {
        for (int i = 0; i < 2000 && completed_ < n; ++i) std::this_thread::sleep_for(10ms);
        EXPECT_GE(completed_, n);
    }

private:
    std::mutex mutex_;
    std::vector<Outcome> attempts_;
    std::atomic<int> completed_ = 0;
};

// A relay's sending half in a temporary folder.
class Sending {
public:
    Sending() : queue(options_for(folder.path())), resolver({{"127.0.0.1:9"}, "", 200ms}) {
        options.hostname = "relay.example";
        options.times.greeting = options.times.command = options.times.end_of_data = 3s;
    }
    ~Sending() { stop(); }
    void route(const std::string& domain, const SmtpSink& sink) {
        options.routes.push_back({domain, "127.0.0.1", sink.port(), {}});
    }
    void start() {
        delivery.emplace(queue, resolver, seen, options);
        delivery->start();
    }
    void stop() {
        if (delivery) delivery->stop(5s);
        delivery.reset();
    }
    QueueId send(Envelope envelope, const std::string& octets = "Subject: x\r\n\r\nbody\r\n") {
        const Accepted accepted = accept(queue, {std::move(envelope), "Received: by us\r\n", ""}, octets);
        EXPECT_FALSE(accepted.error);
        return accepted.id;
    }

    TemporaryFolder folder;
    Queue queue;
    Resolver resolver;
    Seen seen;
    DeliveryOptions options;
    std::optional<Delivery> delivery;
};

TEST(Delivery, OctetsArriveAsTheyWere) {
    const SmtpSink sink(Manner::healthy);
    Sending sending;
    sending.route("*", sink);
    sending.start();
    const std::string text = "Subject: x\r\n\r\n.dots\r\n..\r\n.\r\nend\r\n" + text_of_size(300'000);
    sending.send(envelope_to({"a@x.example", "b@x.example", "c@y.example"}), text);
    const std::vector<Received> received = sink.wait_for(1);
    ASSERT_EQ(received.size(), 1u);  // one transaction: one smart host
    EXPECT_EQ(received[0].rcpts.size(), 3u);
    std::string expected = "Received: by us\r\n" + text;
    for (std::size_t at = 0; (at = expected.find("\r\n.", at)) != std::string::npos; at += 4) expected.insert(at + 2, ".");
    EXPECT_EQ(received[0].octets, expected + ".\r\n");
    sending.seen.wait_for_completed(1);
}

TEST(Delivery, ManyMessagesShareConnections) {
    const SmtpSink sink(Manner::healthy);
    Sending sending;
    sending.route("*", sink);
    for (int i = 0; i < 200; ++i) sending.send(envelope_to({"a@x.example"}));
    sending.start();
    EXPECT_EQ(sink.wait_for(200).size(), 200u);
    EXPECT_LE(sink.connections(), 25u);
    sending.seen.wait_for_completed(200);
    EXPECT_TRUE(sending.queue.due().empty());
}

TEST(Delivery, RecipientsHaveOutcomesOfTheirOwnAndOneReport) {
    const SmtpSink sink(Manner::refuse_some);
    const SmtpSink home(Manner::healthy);
    Sending sending;
    sending.route("x.example", sink);
    sending.route("example.org", home);
    sending.start();
    const QueueId id = sending.send(envelope_to({"good@x.example", "bad1@x.example", "bad2@x.example", "later@x.example"}));
    const std::vector<Received> reports = home.wait_for(1);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_TRUE(reports[0].mail.starts_with("MAIL FROM:<>"));
    EXPECT_NE(reports[0].octets.find("Final-Recipient: rfc822; bad1@x.example"), std::string::npos);
    EXPECT_NE(reports[0].octets.find("Final-Recipient: rfc822; bad2@x.example"), std::string::npos);
    EXPECT_EQ(reports[0].octets.find("later@x.example"), std::string::npos);
    EXPECT_NE(reports[0].octets.find("550 5.1.1 nobody here"), std::string::npos);
    std::error_code error;
    const auto message = sending.queue.load(id, error);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->recipients[0].state, RecipientState::delivered);
    EXPECT_EQ(message->recipients[3].state, RecipientState::queued);
    EXPECT_GT(message->recipients[3].next, now() + 4min);
}

TEST(Delivery, RecipientsBeyondATransactionFollowAtOnce) {
    for (const Manner manner : {Manner::healthy, Manner::takes_two}) {
        const SmtpSink sink(manner);
        Sending sending;
        sending.options.recipients_per_transaction = 10;
        sending.options.messages_per_connection = 1;  // each transaction has a connection of its own
        sending.route("*", sink);
        Envelope envelope = envelope_to({});
        for (int i = 0; i < 25; ++i) envelope.forward_paths.push_back({"u" + std::to_string(i) + "@x.example", {}, {}});
        sending.start();
        sending.send(envelope);
        sending.seen.wait_for_completed(1);
        std::size_t recipients = 0;
        for (const Received& each : sink.received()) recipients += each.rcpts.size();
        EXPECT_EQ(recipients, 25u);
        EXPECT_EQ(sink.received().size(), manner == Manner::healthy ? 3u : 13u);
        EXPECT_EQ(sending.seen.wait_for_attempts(25).size(), 25u);  // nobody was deferred in between
    }
}

TEST(Delivery, AReportThatCannotBeDeliveredIsNotReported) {
    const SmtpSink sink(Manner::refuse_all);
    Sending sending;
    sending.route("*", sink);
    sending.start();
    sending.send(envelope_to({"a@x.example"}));
    sending.seen.wait_for_completed(2);  // the message, then its report
    EXPECT_TRUE(sending.queue.due().empty());
}

TEST(Delivery, OldServersAreSpokenToInOldWords) {
    const SmtpSink sink(Manner::plain);
    Sending sending;
    sending.route("*", sink);
    sending.start();
    sending.send(envelope_to({"a@x.example", "b@x.example"}));
    ASSERT_EQ(sink.wait_for(1).size(), 1u);
    EXPECT_EQ(sink.received()[0].mail, "MAIL FROM:<sender@example.org>\r\n");
}

TEST(Delivery, EveryMisbehaviourIsADeferral) {
    for (const Manner manner : {Manner::hang, Manner::greet_421, Manner::reset, Manner::trickle, Manner::defer_all,
                                Manner::close_after_data}) {
        const SmtpSink sink(manner);
        Sending sending;
        sending.options.times.greeting = 1s;
        sending.options.times.command = 1s;
        sending.route("*", sink);
        sending.start();
        const QueueId id = sending.send(envelope_to({"a@x.example"}));
        const std::vector<Outcome> outcomes = sending.seen.wait_for_attempts(1);
        ASSERT_FALSE(outcomes.empty()) << static_cast<int>(manner);
        EXPECT_EQ(outcomes[0].kind, Outcome::Kind::deferred) << outcomes[0].text;
        sending.stop();
        std::error_code error;
        EXPECT_TRUE(sending.queue.load(id, error)) << static_cast<int>(manner);
    }
}

TEST(Delivery, PlainTextBehindStarttlsIsNotBelieved) {
    const SmtpSink sink(Manner::inject);
    Sending sending;
    sending.options.routes.push_back({"*", "127.0.0.1", sink.port(), TlsPolicy::encrypt});
    sending.start();
    sending.send(envelope_to({"a@x.example"}));
    const std::vector<Outcome> outcomes = sending.seen.wait_for_attempts(1);
    ASSERT_FALSE(outcomes.empty());
    EXPECT_EQ(outcomes[0].status, "4.7.5");
    EXPECT_NE(outcomes[0].text.find("between its 220 and TLS"), std::string::npos);
}

TEST(Delivery, BadDestinationsDoNotHoldUpGoodOnes) {
    const SmtpSink good(Manner::healthy);
    std::list<SmtpSink> bad;
    Sending sending;
    sending.options.limits.connections = 20;
    sending.route("good.example", good);
    for (const Manner manner : {Manner::hang, Manner::trickle, Manner::reset, Manner::greet_421, Manner::refuse_all}) {
        const std::string domain = "bad" + std::to_string(bad.size()) + ".example";
        sending.route(domain, bad.emplace_back(manner));
        for (int i = 0; i < 20; ++i) {
            Envelope envelope = envelope_to({("a@" + domain).c_str()});
            envelope.reverse_path.clear();
            sending.send(envelope);
        }
    }
    for (int i = 0; i < 100; ++i) sending.send(envelope_to({"a@good.example"}));
    sending.start();
    EXPECT_EQ(good.wait_for(100).size(), 100u);
}

TEST(Delivery, AnInterruptedQueueGoesOn) {
    const SmtpSink sink(Manner::healthy);
    Sending sending;
    sending.route("*", sink);
    for (int i = 0; i < 50; ++i) sending.send(envelope_to({"a@x.example"}));
    sending.start();
    sending.stop();  // finishes what is in flight
    sending.start();
    EXPECT_EQ(sink.wait_for(50).size(), 50u);
    std::this_thread::sleep_for(200ms);
    EXPECT_EQ(sink.received().size(), 50u);
}

TEST(Delivery, RoutesByTheMostExactDomain) {
    const std::vector<Route> routes{{"*", "all", 0, {}}, {".b.example", "below", 0, {}}, {"a.b.example", "exact", 0, {}}};
    EXPECT_EQ(route_of(routes, "a.b.example")->host, "exact");
    EXPECT_EQ(route_of(routes, "c.b.example")->host, "below");
    EXPECT_EQ(route_of(routes, "b.example")->host, "all");
    EXPECT_EQ(route_of({{"A.B.Example", "exact", 0, {}}}, "a.b.example")->host, "exact");
    EXPECT_EQ(route_of({}, "b.example"), nullptr);
}

TEST(Delivery, PausesFollowTheScheduleWithATenthOfChance) {
    const std::vector<std::chrono::seconds> retry{5min, 15min};
    EXPECT_EQ(pause_after(retry, 0, 0.5), 5min);
    EXPECT_EQ(pause_after(retry, 0, 0), 270s);
    EXPECT_EQ(pause_after(retry, 9, 0.5), 15min);
}

}  // namespace
}  // namespace postern::relay::tests
