// SPDX-License-Identifier: Apache-2.0
// SIGHUP: a new configuration is put in force whole, or the old one stays whole; sessions are not
// dropped.
#include "tests/end_to_end/relay_fixture.h"
#include "tests/support/http_get.h"
#include "tests/support/smtp_sink.h"

#include <csignal>

namespace postern::tests {

namespace {

class RelayReloadTest : public RelayFixture {
protected:
    // Whether the log came to say `text` that often.
    bool says(const std::string& text, std::size_t times) const {
        return comes_true([&] {
            std::size_t found = 0;
            const std::string log = relay_->log();
            for (std::size_t at = log.find(text); at != std::string::npos;
                 at = log.find(text, at + 1))
                ++found;
            return found >= times;
        });
    }
    bool is_in_force(std::size_t times = 1) const {
        return says("read again and is in force", times);
    }
    std::string ehlo() const { return SmtpClient(address_).say("EHLO client.example.org"); }
};

TEST_F(RelayReloadTest, LogMetricsLimitsAndNetworksChangeUnderASessionThatGoesOn) {
    const std::string old_metrics = "127.0.0.1:" + std::to_string(free_port());
    start("[metrics]\naddress = \"" + old_metrics + "\"\n");
    SmtpClient old(address_);
    ASSERT_EQ(old.begin().substr(0, 3), "250");
    const std::string new_metrics = "127.0.0.1:" + std::to_string(free_port());
    write_config("[limits]\nmessage_size = 7000\n[log]\ntarget = \"" + path("new.log") +
                     "\"\nformat = \"json\"\n[metrics]\naddress = \"" + new_metrics + "\"\n",
                 "old_devices = [\"127.0.0.1\"]\n");
    relay_->signal(SIGHUP);
    ASSERT_TRUE(comes_true([&] {
        return std::filesystem::exists(path("new.log")) &&
               read_file(path("new.log")).find("read again and is in force") != std::string::npos;
    }));
    EXPECT_NE(ehlo().find("SIZE 7000\n"), std::string::npos);
    EXPECT_EQ(http_get(new_metrics, "/healthz").status, 200);
    EXPECT_EQ(http_get(old_metrics, "/healthz").status, 0);
    EXPECT_EQ(old.say("DATA").substr(0, 3), "354");
    old.send("Subject: x\r\n\r\nHello\r\n.\r\n");
    EXPECT_EQ(old.reply().substr(0, 9), "250 2.0.0");
    ASSERT_TRUE(comes_true(
        [&] { return read_file(path("new.log")).find("\"reception\"") != std::string::npos; }));
    EXPECT_EQ(SmtpClient(address_).submit("Subject: bare\n\r\nHello").substr(0, 3),
              "250");  // mended from now on
}

TEST_F(RelayReloadTest, ALogThatWasMovedAwayIsBegunAnew) {
    start("[log]\ntarget = \"" + path("mail.log") + "\"\n");
    SmtpClient(address_).submit("Subject: x\r\n\r\nHello");
    std::filesystem::rename(path("mail.log"), path("mail.log.1"));
    relay_->signal(SIGHUP);
    ASSERT_TRUE(comes_true([&] { return std::filesystem::exists(path("mail.log")); }));
    SmtpClient(address_).submit("Subject: y\r\n\r\nHello");
    EXPECT_TRUE(comes_true(
        [&] { return read_file(path("mail.log")).find("reception") != std::string::npos; }));
}

TEST_F(RelayReloadTest, DeliveryAndAgesHoldForWhatWaits) {
    SmtpSink sink(Manner::healthy);
    delivery_ = "retry = [\"1d\"]\n";
    start();
    const std::string id = queue_id_in(SmtpClient(address_).submit("Subject: x\r\n\r\nHello"));
    ASSERT_TRUE(
        comes_true([&] { return queue({"list"}).output.find("deferred") != std::string::npos; }));
    smarthost_ = "127.0.0.1:" + std::to_string(sink.port());
    reload("");
    ASSERT_TRUE(is_in_force());
    ASSERT_EQ(queue({"retry", id}).status, 0);
    EXPECT_EQ(sink.wait_for(1).size(), 1u);
    smarthost_ = "127.0.0.1:1";
    delivery_ = "expire = \"1s\"\n";
    reload("");
    ASSERT_TRUE(is_in_force(2));
    SmtpClient(address_).submit("Subject: x\r\n\r\nHello");
    EXPECT_TRUE(says("expiration", 1));
}

TEST_F(RelayReloadTest, CertificatesAreReadAgain) {
    write_certificate(path("relay.pem"));
    start();
    EXPECT_EQ(ehlo().find("STARTTLS"), std::string::npos);
    reload("[tls]\ncertificate = \"" + path("relay.pem") + "\"\n");
    ASSERT_TRUE(is_in_force());
    EXPECT_NE(ehlo().find("STARTTLS"), std::string::npos);
}

TEST_F(RelayReloadTest, ListenersComeAndGo) {
    start();
    SmtpClient old(address_);
    const std::string added = "127.0.0.1:" + std::to_string(free_port());
    reload("", "[[listener]]\naddress = \"" + added + "\"\nnetworks = [\"127.0.0.0/8\"]\n");
    ASSERT_TRUE(is_in_force());
    SmtpClient fresh(added);
    EXPECT_EQ(fresh.greeting().substr(0, 3), "220");
    reload("");
    ASSERT_TRUE(is_in_force(2));
    EXPECT_TRUE(comes_true([&] { return SmtpClient(added).greeting().empty(); }));
    EXPECT_EQ(fresh.submit("Subject: x\r\n\r\nHello").substr(0, 3),
              "250");  // its listener is gone, it is not
    EXPECT_EQ(old.submit("Subject: x\r\n\r\nHello").substr(0, 3), "250");
}

TEST_F(RelayReloadTest, AnotherSetIsScannedWithEvenInSessionsThatAreThere) {
    start();
    SmtpClient old(address_);
    const std::string message = "Subject: x\r\n\r\nthe words nobody says otherwise\r\n";
    EXPECT_EQ(old.submit(message).substr(0, 3), "250");
    folder_.write("own.ndb", "Own.Words:0:*:" + std::string("746865") +
                                 "20776f726473206e6f626f64792073617973\n");
    reload("[scan]\nsets = [\"" + path("own.ndb") + "\"]\n");
    ASSERT_TRUE(is_in_force());
    EXPECT_NE(old.submit(message).find("Own.Words"), std::string::npos);
    reload("[scan]\nsets = [\"" + path("nothing.ndb") + "\"]\n");  // cannot be started with
    ASSERT_TRUE(says("stays as it was: " + path("postern.toml") +
                         ":7:8: `sets`: the scanning service does not start",
                     1));
    EXPECT_NE(old.submit(message).find("Own.Words"), std::string::npos);
    reload("");
    ASSERT_TRUE(is_in_force(2));
    EXPECT_EQ(old.submit(message).substr(0, 3), "250");
}

TEST_F(RelayReloadTest, WhatIsWrongChangesNothingAndIsToldByItsPlace) {
    start();
    const SmtpSink somebody(Manner::healthy);
    folder_.write("policy.toml", "[limits]\nsise = 1\n");
    const std::string busy = "127.0.0.1:" + std::to_string(somebody.port());
    const std::string here = path("postern.toml");
    const std::pair<std::string, std::string> cases[] = {
        {"[limits]\nmessage_sise = 1\n", here + ":8:16: `message_sise` is not known in [limits]"},
        {"[tls]\ncertificate = \"/nothing.pem\"\n", here + ":9:15: `certificate`: "},
        {"[log]\ntarget = \"" + here + "/below-a-file.log\"\n", here + ":9:10: `target`: "},
        {"[log]\nlevel = \"loud\"\n",
         here + ":9:9: `level` must be "},
        {"[metrics]\naddress = \"" + busy + "\"\n", here + ":9:11: `address`: "},
        {"[dns]\ntrust_anchor = \"/nothing\"\n", here + ":9:16: `trust_anchor`: "},
        {"[scan]\npolicy = \"" + path("policy.toml") + "\"\n",
         here + ":9:10: `policy`: " + path("policy.toml") + ":2:8: `sise`"},
        {"[scan]\nservices = [\"unix\"]\n", here + ":9:13: `unix` cannot be used: "},
        {"[[listener]]\naddress = \"127.0.0.1:2\"\nkind = \"submissions\"\n",
         here + ":9:11: the listener on 127.0.0.1:2 needs TLS"},
        {"[[listener]]\naddress = \"" + busy + "\"\n", busy},
    };
    std::size_t refusals = 0;
    for (const auto& [text, told] : cases) {
        reload("[limits]\nrecipients = 3\n" + text.substr(text.starts_with("[limits]\n") ? 9 : 0));
        ASSERT_TRUE(says("The configuration stays as it was: ", ++refusals)) << relay_->log();
        EXPECT_NE(relay_->log().find("stays as it was: " + (told == busy ? "" : told)),
                  std::string::npos)
            << told << "\n"
            << relay_->log();
    }
    EXPECT_EQ(SmtpClient(address_).submit("Subject: x\r\n\r\nHello").substr(0, 9), "250 2.0.0");
    EXPECT_FALSE(relay_->log().find("is in force") != std::string::npos);
}

}  // namespace

}  // namespace postern::tests
