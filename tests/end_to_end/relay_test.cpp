// SPDX-License-Identifier: Apache-2.0
// `postern relay` as its users meet it: what it says to clean mail and to mail that must not leave,
// and to signals.
#include "tests/end_to_end/relay_fixture.h"

#include <csignal>

namespace postern::tests {

namespace {

using Client = SmtpClient;

class RelayTest : public RelayFixture {};

TEST_F(RelayTest, CleanMailIsQueued) {
    start();
    Client client(address_);
    EXPECT_EQ(client.greeting(), "220 relay.example.org ESMTP postern\n");
    EXPECT_EQ(client.submit("Subject: hello\r\n\r\nHello").substr(0, 30),
              "250 2.0.0 Accepted, queued as ");
}

TEST_F(RelayTest, AVirusIsRefusedWithASentenceAndAReference) {
    start();
    Client client(address_);
    const std::string reply = client.submit(
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; "
        "name=\"notes.dat\"\r\n\r\n" +
        eicar());
    EXPECT_EQ(reply.substr(0, 10), "550-5.7.1 ") << reply;
    EXPECT_NE(reply.find("virus"), std::string::npos) << reply;
    EXPECT_NE(reply.find("notes.dat"), std::string::npos) << reply;
    EXPECT_NE(
        reply.find(
            "\n550 5.7.1 If you think that this is wrong, tell your postmaster the reference [id="),
        std::string::npos)
        << reply;
    EXPECT_EQ(client.submit("Subject: x\r\n\r\nclean").substr(0, 9), "250 2.0.0");
}

TEST_F(RelayTest, AProgramIsRefusedAndTheSenderToldOfZip) {
    start();
    Client client(address_);
    const std::string reply = client.submit(
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; "
        "name=\"setup.exe\"\r\n\r\nx");
    EXPECT_EQ(reply.substr(0, 10), "550-5.7.1 ") << reply;
    EXPECT_NE(reply.find("\"setup.exe\""), std::string::npos) << reply;
    EXPECT_NE(reply.find("Put the file in a zip file"), std::string::npos) << reply;
}

TEST_F(RelayTest, WithoutAScannerMessagesAreDeferredAndThenTakenAgain) {
    start("[scan]\nservices = [\"unix:" + path("scand.sock") + "\"]\n");
    Client client(address_);
    EXPECT_EQ(client.submit("Subject: x\r\n\r\nHello").substr(0, 9), "451 4.3.0");
    const ServiceProcess scand({built_path("postern"), "scand", "--socket", path("scand.sock")},
                               path("scand.log"));
    std::string reply;
    for (int i = 0; i < 600 && reply.substr(0, 3) != "250"; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        reply = client.submit("Subject: x\r\n\r\nHello");
    }
    EXPECT_EQ(reply.substr(0, 9), "250 2.0.0");
}

TEST_F(RelayTest, ReloadKeepsSessionsAndHoldsForNewOnes) {
    start("[limits]\nrecipients = 5\n");
    Client old(address_);
    old.begin();
    write_config("[limits]\nmessage_size = 5000\n", "");
    relay_->signal(SIGHUP);
    ASSERT_NE(relay_->said("read again"), "");
    EXPECT_EQ(old.say("DATA").substr(0, 3), "354");
    old.send("Subject: x\r\n\r\nHello\r\n.\r\n");
    EXPECT_EQ(old.reply().substr(0, 9), "250 2.0.0");
    Client fresh(address_);
    EXPECT_NE(fresh.say("EHLO client.example.org").find("SIZE 5000\n"), std::string::npos);
    EXPECT_NE(old.say("EHLO client.example.org").find("SIZE 104857600\n"), std::string::npos);
}

TEST_F(RelayTest, AWrongConfigurationChangesNothing) {
    start();
    folder_.write("postern.toml", "[relais]\n");
    relay_->signal(SIGHUP);
    ASSERT_NE(relay_->said("stays as it was"), "");
    Client client(address_);
    EXPECT_EQ(client.submit("Subject: x\r\n\r\nHello").substr(0, 9), "250 2.0.0");
}

TEST_F(RelayTest, StoppingFinishesWhatIsUnderWay) {
    start();
    Client idle(address_);
    EXPECT_EQ(idle.say("EHLO client.example.org").substr(0, 3), "250");
    Client busy(address_);
    busy.begin();
    EXPECT_EQ(busy.say("DATA").substr(0, 3), "354");
    relay_->signal(SIGTERM);
    EXPECT_EQ(idle.reply().substr(0, 9), "421 4.3.2");
    busy.send("Subject: x\r\n\r\nHello\r\n.\r\n");
    EXPECT_EQ(busy.reply().substr(0, 9), "250 2.0.0");
    EXPECT_EQ(busy.reply().substr(0, 9), "421 4.3.2");
    EXPECT_EQ(relay_->wait(), 0);
}

TEST_F(RelayTest, TlsFromTheFirstOctetAndAfterStartTls) {
    write_certificate(path("relay.pem"));
    start("[tls]\ncertificate = \"" + path("relay.pem") + "\"\n");
    Client client(address_);
    client.say("EHLO client.example.org");
    EXPECT_EQ(client.say("STARTTLS").substr(0, 3), "220");
    ASSERT_TRUE(client.start_tls());
    EXPECT_EQ(client.submit("Subject: x\r\n\r\nHello").substr(0, 9), "250 2.0.0");
}

TEST_F(RelayTest, AProxyIsBelievedOnlyWhenItIsNamed) {
    start("", "proxy_protocol_from = [\"127.0.0.1\"]\n");
    SmtpConnection allowed(address_);
    allowed.send("PROXY TCP4 127.0.0.9 127.0.0.1 50000 25\r\n");
    std::string line;
    ASSERT_TRUE(allowed.line(line));
    EXPECT_EQ(line.substr(0, 3), "220");
    SmtpConnection stranger(address_);
    stranger.send("PROXY TCP4 192.0.2.7 127.0.0.1 50000 25\r\n");
    ASSERT_TRUE(stranger.line(line));
    for (const char* command : {"HELO client.example.org\r\n", "MAIL FROM:<a@example.org>\r\n",
                                "RCPT TO:<b@example.net>\r\n"}) {
        stranger.send(command);
        ASSERT_TRUE(stranger.line(line));
    }
    EXPECT_EQ(line.substr(0, 9), "554 5.7.1");
    EXPECT_NE(line.find("192.0.2.7"), std::string::npos);
    SmtpConnection silent(address_);
    silent.send("EHLO client.example.org\r\n");
    EXPECT_EQ(silent.rest(), "");
}

TEST_F(RelayTest, CheckSaysWhatIsWrong) {
    const auto wrong = folder_.write("wrong.toml", "[limits]\nrecipient = 5\n");
    const CommandResult result =
        run_command({built_path("postern"), "relay", "--config", wrong.string(), "--check"});
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(
        result.errors.find(
            "wrong.toml:2:13: `recipient` is not known in [limits]; did you mean `recipients`?"),
        std::string::npos)
        << result.errors;
    write_config("", "");
    EXPECT_EQ(
        run_command({built_path("postern"), "relay", "--config", path("postern.toml"), "--check"})
            .status,
        0);
}

}  // namespace

}  // namespace postern::tests
