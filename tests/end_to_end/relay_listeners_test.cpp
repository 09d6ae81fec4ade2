// SPDX-License-Identifier: Apache-2.0
// What listeners promise: kinds, addresses, caps, time-outs; mail that is held; a disk that is
// nearly full; the configuration looked at and printed.
#include "tests/end_to_end/relay_fixture.h"
#include "tests/support/http_get.h"
#include "tests/support/smtp_sink.h"

#include <sys/socket.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

namespace postern::tests {

namespace {

const std::string hello = "Subject: x\r\n\r\nHello";

class RelayListenersTest : public RelayFixture {
protected:
    std::string certificate() {
        write_certificate(path("relay.pem"));
        return "[tls]\ncertificate = \"" + path("relay.pem") + "\"\n";
    }
    static std::string listener(const std::string& kind, const std::string& address,
                                const std::string& network) {
        return "[[listener]]\nkind = \"" + kind + "\"\naddress = \"" + address +
               "\"\nnetworks = [\"" + network + "\"]\n";
    }
};

TEST_F(RelayListenersTest, SubmissionsIsTlsFromTheFirstOctet) {
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    start(certificate(), listener("submissions", address, "127.0.0.0/8"));
    SmtpClient client(address, SmtpClient::Tls::first);
    EXPECT_EQ(client.greeting().substr(0, 4), "220 ");
    EXPECT_EQ(client.say("EHLO client.example.org").find("STARTTLS"), std::string::npos);
    EXPECT_EQ(client.submit(hello).substr(0, 9), "250 2.0.0");
    SmtpConnection plain(address);
    plain.send("EHLO client.example.org\r\n");
    EXPECT_EQ(plain.rest().find("250"), std::string::npos);
}

TEST_F(RelayListenersTest, SubmissionWantsStartTlsFirst) {
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    start(certificate(), listener("submission", address, "127.0.0.0/8"));
    SmtpClient client(address);
    EXPECT_EQ(client.begin().substr(0, 9), "530 5.7.0");
    EXPECT_EQ(client.say("STARTTLS").substr(0, 3), "220");
    ASSERT_TRUE(client.start_tls());
    EXPECT_EQ(client.submit(hello).substr(0, 9), "250 2.0.0");
}

TEST_F(RelayListenersTest, OnlyTheNetworksNamedMaySend) {
    const std::string address = "127.0.0.1:" + std::to_string(free_port());
    start("", listener("smarthost", address, "192.0.2.0/24"));
    EXPECT_EQ(SmtpClient(address).begin().substr(0, 9), "554 5.7.1");
    EXPECT_EQ(SmtpClient(address_).begin().substr(0, 3), "250");
}

TEST_F(RelayListenersTest, Ipv6HasListenersAndNetworksOfItsOwn) {
    const int probe = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::close(probe);
    if (probe < 0 || !std::filesystem::exists("/proc/net/if_inet6")) GTEST_SKIP() << "no IPv6 here";
    start("", listener("smarthost", "[::1]:0", "::1/128"));
    SmtpClient client(listens_at("[::1]:"));
    EXPECT_EQ(client.submit(hello).substr(0, 9), "250 2.0.0");
    const nlohmann::json listed = nlohmann::json::parse(queue({"list", "--format", "json"}).output);
    EXPECT_EQ(listed["client"]["address"], "::1");
}

TEST_F(RelayListenersTest, ConnectionsAreCappedByListenerAndComeBack) {
    start("", "max_connections = 2\n");
    auto one = std::make_unique<SmtpClient>(address_);
    const SmtpClient two(address_);
    EXPECT_EQ(two.greeting().substr(0, 3), "220");
    const SmtpClient three(address_);
    EXPECT_EQ(three.greeting().substr(0, 9), "421 4.3.2");
    one.reset();
    EXPECT_TRUE(comes_true([&] { return SmtpClient(address_).greeting().substr(0, 3) == "220"; }));
}

TEST_F(RelayListenersTest, ConnectionsAreCappedByClient) {
    start("[limits]\nconnections_per_client = 1\n");
    const SmtpClient one(address_);
    EXPECT_EQ(SmtpClient(address_).greeting().substr(0, 9), "421 4.7.0");
}

TEST_F(RelayListenersTest, WhoSaysNothingOrTooLittleIsToldAndLetGo) {
    start("[limits]\ncommand_time = \"300ms\"\nread_time = \"300ms\"\n");
    SmtpClient idle(address_);
    EXPECT_EQ(idle.reply().substr(0, 9), "421 4.4.2");
    EXPECT_EQ(idle.reply(), "");
    SmtpClient slow(address_);
    slow.begin();
    EXPECT_EQ(slow.say("DATA").substr(0, 3), "354");
    slow.send("Subject: x\r\n");
    EXPECT_EQ(slow.reply().substr(0, 9), "421 4.4.2");
}

TEST_F(RelayListenersTest, ASessionThatLastsTooLongBeginsNoFurtherMessage) {
    start("[limits]\nsession_time = \"1s\"\n");
    SmtpClient client(address_);
    EXPECT_EQ(client.submit(hello).substr(0, 3), "250");
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    EXPECT_EQ(client.say("NOOP").substr(0, 3), "250");
    EXPECT_EQ(client.reply().substr(0, 9), "421 4.4.2");
}

TEST_F(RelayListenersTest, WhatThePolicyHoldsIsTakenKeptAsideAndGoesWhenReleased) {
    SmtpSink sink(Manner::healthy);
    smarthost_ = "127.0.0.1:" + std::to_string(sink.port());
    folder_.write("policy.toml", "[actions]\nvirus = \"hold\"\n");
    start("[scan]\npolicy = \"" + path("policy.toml") + "\"\n");
    SmtpClient client(address_);
    const std::string reply = client.submit("Subject: x\r\n\r\n" + eicar());
    EXPECT_EQ(reply.substr(0, 9), "250 2.0.0") << reply;
    const nlohmann::json held =
        nlohmann::json::parse(queue({"list", "--held", "--format", "json"}).output);
    EXPECT_NE(std::string(held["hold"]).find("Eicar-Test-Signature"), std::string::npos);
    EXPECT_EQ(client.submit(hello).substr(0, 9), "250 2.0.0");
    ASSERT_EQ(sink.wait_for(1).size(), 1u);
    EXPECT_NE(sink.received()[0].octets.find("Hello"), std::string::npos);
    ASSERT_EQ(queue({"release", held["id"]}).status, 0);
    ASSERT_EQ(sink.wait_for(2).size(), 2u);
    EXPECT_NE(sink.received()[1].octets.find(eicar()), std::string::npos);
}

// In a mount namespace of its own, the state directory lies on a small disk.
TEST_F(RelayListenersTest, ADiskThatIsNearlyFullIsToldBeforeData) {
    std::filesystem::create_directory(path("state"));
    if (run_command({"/usr/bin/unshare", "-m", "/bin/true"}).status != 0)
        GTEST_SKIP() << "mount namespaces are not to be had";
    before_ = {"/usr/bin/unshare",
               "-m",
               "/bin/sh",
               "-c",
               "mount -t tmpfs -o size=" + std::string("48m") + " tmpfs '" + path("state") +
                   "' && exec \"$@\"",
               "sh"};
    const std::string metrics = "127.0.0.1:" + std::to_string(free_port());
    start("[metrics]\naddress = \"" + metrics + "\"\n");
    SmtpClient client(address_);
    EXPECT_EQ(client.begin().substr(0, 9), "452 4.3.1");
    const HttpReply ready = http_get(metrics, "/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(ready.body, "the queue takes nothing: No space left on device\n");
    EXPECT_EQ(metric(http_get(metrics, "/metrics").body, "postern_relay_queue_usable"), 0);
}

TEST_F(RelayListenersTest, DumpIsTheConfigurationInForceAndIsReadAgain) {
    write_config("[limits]\nrecipients = 7\n", "max_connections = 5\n");
    const CommandResult dumped =
        run_command({built_path("postern"), "relay", "--config", path("postern.toml"), "--dump"});
    EXPECT_EQ(dumped.status, 0);
    EXPECT_NE(dumped.output.find("\nrecipients = 7\n"), std::string::npos);
    EXPECT_NE(dumped.output.find("\nmax_connections = 5\n"), std::string::npos);
    folder_.write("dumped.toml", dumped.output);
    const CommandResult again =
        run_command({built_path("postern"), "relay", "--config", path("dumped.toml"), "--dump"});
    EXPECT_EQ(again.output, dumped.output);
    EXPECT_EQ(run_command({built_path("postern"), "relay", "--dump"}).output,
              read_file(source_path("packaging/postern.toml")));
}

TEST_F(RelayListenersTest, CheckLooksAtTheFilesThatAreNamed) {
    folder_.write("wrong.pem", "not PEM\n");
    write_config("[tls]\ncertificate = \"" + path("wrong.pem") + "\"\n", "");
    const CommandResult result =
        run_command({built_path("postern"), "relay", "--config", path("postern.toml"), "--check"});
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.errors.find("postern.toml:7:15: `certificate`: "), std::string::npos)
        << result.errors;
    EXPECT_FALSE(std::filesystem::exists(path("state")));
}

}  // namespace

}  // namespace postern::tests
