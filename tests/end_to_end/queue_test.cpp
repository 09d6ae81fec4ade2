// SPDX-License-Identifier: Apache-2.0
// `postern queue` as operators use it: beside a relay that runs, by the built program alone.
#include "tests/end_to_end/relay_fixture.h"
#include "tests/support/smtp_sink.h"

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

namespace postern::tests {

namespace {

using Json = nlohmann::json;

std::vector<Json> json_lines(const std::string& text) {
    std::vector<Json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
    return lines;
}

// A next hop that defers one recipient, so that messages stay; the others it takes.
class QueueCommandTest : public RelayFixture {
protected:
    QueueCommandTest() { smarthost_ = "127.0.0.1:" + std::to_string(sink_.port()); }

    std::string submit(const std::string& recipient,
                       const std::string& sender = "sender@example.org") {
        SmtpClient client(address_);
        return queue_id_in(client.submit("Subject: x\r\n\r\nHello", {sender, recipient}));
    }
    std::vector<Json> listed(std::vector<std::string> words = {}) const {
        words.insert(words.begin(), {"list", "--format", "json"});
        return json_lines(queue(words).output);
    }
    std::string state_of(const std::string& id) const {
        const std::vector<Json> lines = listed({id});
        return lines.empty() ? "gone" : lines[0]["state"];
    }
    bool becomes(const std::string& id, const std::string& state) const {
        return comes_true([&] { return state_of(id) == state; });
    }

    SmtpSink sink_{Manner::refuse_some};
};

TEST_F(QueueCommandTest, ListsAndShowsWhatWaitsAndWhy) {
    start();
    EXPECT_EQ(queue({"list"}).output, "0 messages, 0 octets\n");
    EXPECT_EQ(queue({"list", "--mailq"}).output, "Mail queue is empty\n");
    const std::string id = submit("later@example.net");
    ASSERT_TRUE(becomes(id, "deferred"));
    const std::string table = queue({"list"}).output;
    EXPECT_NE(table.find(id), std::string::npos) << table;
    EXPECT_NE(table.find("deferred  sender@example.org  later@example.net  | "), std::string::npos)
        << table;
    EXPECT_NE(table.find("450 4.2.0 not now"), std::string::npos) << table;
    EXPECT_NE(table.find("\n1 message, 21 octets\n"), std::string::npos) << table;
    const std::string mailq = queue({"list", "--mailq"}).output;
    EXPECT_EQ(
        mailq.substr(0, 68),
        "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n" + id.substr(0, 1));
    EXPECT_NE(mailq.find("  sender@example.org\n("), std::string::npos) << mailq;
    EXPECT_NE(mailq.find(")\n" + std::string(41, ' ') +
                         "later@example.net\n\n-- 0 Kbytes in 1 Request.\n"),
              std::string::npos)
        << mailq;
    const Json shown = Json::parse(queue({"show", id, "--format", "json"}).output);
    EXPECT_EQ(shown["client"]["helo"], "client.example.org");
    EXPECT_EQ(shown["recipients"][0]["attempts"], 1);
    ASSERT_EQ(shown["attempts"].size(), 1u);
    EXPECT_EQ(shown["attempts"][0]["recipient"], "later@example.net");
    const std::string text = queue({"show", id}).output;
    EXPECT_NE(text.find("to           <later@example.net>  queued, next attempt 2"),
              std::string::npos)
        << text;
}

TEST_F(QueueCommandTest, CatGivesTheMessageAsItWillBeSent) {
    start();
    const std::string id = submit("later@example.net");
    const std::string octets = queue({"cat", id}).output;
    EXPECT_EQ(octets.substr(0, 10), "Received: ");
    EXPECT_TRUE(octets.ends_with("\r\nSubject: x\r\n\r\nHello\r\n")) << octets;
}

TEST_F(QueueCommandTest, ChoosesBySenderRecipientDomainAgeAndId) {
    start();
    const std::string a = submit("later@a.example", "one@example.org");
    const std::string b = submit("later@b.example", "two@example.org");
    ASSERT_TRUE(becomes(a, "deferred") && becomes(b, "deferred"));
    const auto ids = [&](const std::vector<std::string>& words) {
        std::string all;
        for (const Json& each : listed(words))
            all += each["id"] == a ? "a" : each["id"] == b ? "b" : "?";
        return all;
    };
    EXPECT_EQ(ids({}), "ab");
    EXPECT_EQ(ids({"--recipient", "a.example"}), "a");
    EXPECT_EQ(ids({"--recipient", "@B.example"}), "b");
    EXPECT_EQ(ids({"--sender", "two@example.org"}), "b");
    EXPECT_EQ(ids({"--sender", "example.org"}), "ab");
    EXPECT_EQ(ids({"--sender", "<>"}), "");
    EXPECT_EQ(ids({"--older", "1h"}), "");
    EXPECT_EQ(ids({"--newer", "1h"}), "ab");
    EXPECT_EQ(ids({b}), "b");
    EXPECT_EQ(ids({"--held"}), "");
    EXPECT_EQ(json_lines(queue({"list", "--format", "json", "-"}, b + "\n").output).size(), 1u);
    EXPECT_EQ(json_lines(queue({"list", "--format", "json", "-"}, "").output).size(), 0u);
}

TEST_F(QueueCommandTest, TheRunningRelayNoticesHoldReleaseAndRetry) {
    delivery_ = "retry = [\"1d\"]\n";
    start();
    const std::string id = submit("later@example.net");
    ASSERT_TRUE(becomes(id, "deferred"));
    EXPECT_EQ(queue({"retry", id}).output, id + "\n");
    EXPECT_TRUE(comes_true([&] { return listed()[0]["recipients"][0]["attempts"] == 2; }));

    const CommandResult held =
        queue({"hold", "--recipient", "example.net", "--reason", "looked at"});
    EXPECT_EQ(held.output, id + "\n");
    EXPECT_EQ(held.errors, "1 message held\n");
    EXPECT_EQ(listed({"--held"})[0]["hold"], "looked at");
    EXPECT_EQ(queue({"retry", "--all"}).status, 1);  // what is held is not tried
    EXPECT_EQ(queue({"release", "--held"}).output, id + "\n");
    EXPECT_TRUE(comes_true([&] { return listed()[0]["recipients"][0]["attempts"] == 3; }));
    EXPECT_EQ(queue({"remove", id}).output, id + "\n");
    EXPECT_EQ(queue({"list"}).output, "0 messages, 0 octets\n");
    EXPECT_EQ(queue({"remove", id}).status, 1);
}

TEST_F(QueueCommandTest, WhatIsHeldGoesOutWhenItIsReleasedEvenAfterARestart) {
    delivery_ = "retry = [\"1d\"]\n";
    start();
    const std::string id = submit("later@example.net");
    ASSERT_TRUE(becomes(id, "deferred"));
    ASSERT_EQ(queue({"hold", "--all"}).status, 0);
    stop();
    EXPECT_EQ(state_of(id), "held");  // without a relay
    SmtpSink healthy(Manner::healthy);
    smarthost_ = "127.0.0.1:" + std::to_string(healthy.port());
    start();
    EXPECT_EQ(state_of(id), "held");
    ASSERT_EQ(queue({"release", id}).status, 0);
    ASSERT_EQ(healthy.wait_for(1).size(), 1u);
    EXPECT_TRUE(healthy.received()[0].octets.ends_with("\r\nSubject: x\r\n\r\nHello\r\n.\r\n"));
    EXPECT_TRUE(becomes(id, "gone"));
}

TEST_F(QueueCommandTest, CountsAndChecks) {
    start();
    const std::string id = submit("later@example.net");
    ASSERT_TRUE(becomes(id, "deferred"));
    const Json counted = Json::parse(queue({"stats", "--format", "json"}).output);
    EXPECT_EQ(counted["deferred"]["messages"], 1);
    EXPECT_EQ(counted["domains"]["example.net"], 1);
    EXPECT_NE(queue({"stats"}).output.find("deferred            1"), std::string::npos)
        << queue({"stats"}).output;
    EXPECT_EQ(queue({"check"}).output, "the queue is whole\n");
    stop();
    std::filesystem::resize_file(path("state/queue.db"),
                                 std::filesystem::file_size(path("state/queue.db")) - 8192);
    const CommandResult result = queue({"check"});
    EXPECT_NE(result.status, 0);
    EXPECT_NE((result.output + result.errors).find("damaged"), std::string::npos)
        << result.output << result.errors;
}

TEST_F(QueueCommandTest, SaysWhatIsWrongWithWhatItWasGiven) {
    start();
    const std::pair<std::vector<std::string>, const char*> cases[] = {
        {{"remove"},
         "say which messages, by id, --sender, --recipient, --older, --newer or --held, or say "
         "--all"},
        {{"show", "nonsense"}, "nonsense: this is no queue id; `postern queue list` shows them"},
        {{"show", "01234567890"},
         "no such message in the queue; it may have been delivered, see the log"},
        {{"list", "--older", "soon"},
         "soon: an age is a number with s, m, h or d, as 90s, 15m, 4h or 5d"},
    };
    for (const auto& [words, told] : cases) {
        const CommandResult result = queue(words);
        EXPECT_EQ(result.status, 2);
        EXPECT_NE(result.errors.find(told), std::string::npos) << result.errors;
    }
    const CommandResult elsewhere =
        run_command({built_path("postern"), "queue", "list", "--state-directory", path("nothing")});
    EXPECT_EQ(elsewhere.status, 2);
    EXPECT_NE(elsewhere.errors.find("there is no queue here"), std::string::npos)
        << elsewhere.errors;
}

}  // namespace

}  // namespace postern::tests
