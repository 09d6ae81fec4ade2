// SPDX-License-Identifier: Apache-2.0
// What a relay tells those who watch it: metrics, health, logs, the service manager.
#include "tests/end_to_end/relay_fixture.h"
#include "tests/support/http_get.h"
#include "tests/support/smtp_sink.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

namespace postern::tests {

namespace {

using Json = nlohmann::json;

class RelayStatusTest : public RelayFixture {
protected:
    void start_watched(const std::string& more = "") {
        smarthost_ = "127.0.0.1:" + std::to_string(sink_.port());
        metrics_ = "127.0.0.1:" + std::to_string(free_port());
        start("[metrics]\naddress = \"" + metrics_ + "\"\n" + more);
    }
    double value(const std::string& name) const {
        return metric(http_get(metrics_, "/metrics").body, name);
    }
    bool comes_to(const std::string& name, double wanted) const {
        return comes_true([&] { return value(name) == wanted; });
    }
    std::vector<Json> events(const std::string& kind) const {
        std::vector<Json> found;
        std::istringstream log(relay_->log());
        for (std::string line; std::getline(log, line);) {
            const Json event = Json::parse(line, nullptr, false);
            if (!event.is_discarded() && event["event"] == kind) found.push_back(event);
        }
        return found;
    }
    Json event(const std::string& kind) const {
        comes_true([&] { return !events(kind).empty(); });
        const std::vector<Json> found = events(kind);
        return found.empty() ? Json() : found[0];
    }

    SmtpSink sink_{Manner::refuse_some};
    std::string metrics_;
};

TEST_F(RelayStatusTest, CountsWhatComesWhatIsDecidedAndWhatGoes) {
    start_watched();
    SmtpClient client(address_);
    EXPECT_EQ(value("postern_relay_queue_messages{age=\"5m\",state=\"deferred\"}"), 0);
    client.submit("Subject: x\r\n\r\nHello");
    client.submit("Subject: x\r\n\r\n" + eicar());
    client.submit("Subject: x\r\n\r\nHello", {"sender@example.org", "later@example.net"});
    client.submit("Subject: x\r\n\r\nHello", {"sender@example.org", "bad@example.net"});
    client.say("VRFY");
    EXPECT_TRUE(comes_to("postern_relay_messages_total{decision=\"accept\",tls=\"no\"}", 3));
    EXPECT_EQ(value("postern_relay_messages_total{decision=\"reject\",tls=\"no\"}"), 1);
    EXPECT_EQ(value("postern_relay_after_dot_seconds_count"), 4);
    EXPECT_EQ(value("postern_relay_refusals_total{class=\"5xx\"}"), 1);
    EXPECT_EQ(value("postern_relay_connections_total"), 1);
    EXPECT_EQ(value("postern_relay_connections"), 1);
    // The one that was delivered, and the report about "bad".
    EXPECT_TRUE(comes_to(
        "postern_relay_deliveries_total{class=\"2xx\",outcome=\"delivered\",tls=\"no\"}", 2));
    EXPECT_TRUE(comes_to(
        "postern_relay_deliveries_total{class=\"4xx\",outcome=\"deferred\",tls=\"no\"}", 1));
    EXPECT_EQ(value("postern_relay_deliveries_total{class=\"5xx\",outcome=\"refused\",tls=\"no\"}"),
              1);
    EXPECT_EQ(value("postern_relay_reports_total{what=\"failed\"}"), 1);
    EXPECT_EQ(value("postern_relay_retries_total"), 0);
    EXPECT_EQ(value("postern_relay_transit_seconds_count"), 2);
    EXPECT_TRUE(comes_to("postern_relay_queue_messages{age=\"5m\",state=\"deferred\"}", 1));
    EXPECT_TRUE(comes_to("postern_relay_queue_bytes{state=\"deferred\"}", 21));
    EXPECT_GT(value("postern_relay_queue_oldest_seconds{state=\"deferred\"}"), 0);
    queue({"retry", "--all"});
    EXPECT_TRUE(comes_to("postern_relay_retries_total", 1));
    queue({"hold", "--all"});
    EXPECT_TRUE(comes_to("postern_relay_queue_messages{age=\"5m\",state=\"held\"}", 1));
}

TEST_F(RelayStatusTest, TlsIsCounted) {
    write_certificate(path("relay.pem"));
    start_watched("[tls]\ncertificate = \"" + path("relay.pem") + "\"\n");
    SmtpClient client(address_);
    client.say("EHLO client.example.org");
    client.say("STARTTLS");
    ASSERT_TRUE(client.start_tls());
    client.submit("Subject: x\r\n\r\nHello");
    EXPECT_TRUE(comes_to("postern_relay_messages_total{decision=\"accept\",tls=\"yes\"}", 1));
    EXPECT_EQ(value("postern_relay_tls_total"), 1);
}

TEST_F(RelayStatusTest, ReadyWhileItCanTakeAndScan) {
    start_watched();
    EXPECT_EQ(http_get(metrics_, "/healthz").status, 200);
    EXPECT_EQ(http_get(metrics_, "/readyz").status, 200);
    EXPECT_EQ(http_get(metrics_, "/nothing").status, 404);
}

TEST_F(RelayStatusTest, NotReadyWhenNobodyScans) {
    start_watched("[scan]\nservices = [\"unix:" + path("nobody.sock") + "\"]\n");
    EXPECT_EQ(SmtpClient(address_).submit("Subject: x\r\n\r\nHello").substr(0, 3), "451");
    const HttpReply ready = http_get(metrics_, "/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(ready.body, "no scanning service answers\n");
    EXPECT_EQ(http_get(metrics_, "/healthz").status, 200);
}

TEST_F(RelayStatusTest, LogsEachReceptionRefusalAttemptReportAndCompletionAsJson) {
    start_watched("[log]\nformat = \"json\"\n");
    SmtpClient client(address_);
    const std::string id = queue_id_in(
        client.submit("Subject: x\r\n\r\nHello", {"sender@example.org", "bad@example.net"}));
    client.say("VRFY");
    const Json reception = event("reception");
    EXPECT_EQ(reception["id"], id);
    EXPECT_EQ(reception["decision"], "accept");
    EXPECT_EQ(reception["from"], "<sender@example.org>");
    EXPECT_EQ(reception["to"], Json::array({"bad@example.net"}));
    EXPECT_EQ(reception["size"], 21);
    EXPECT_EQ(reception["code"], 250);
    EXPECT_EQ(reception["coverage"], "complete");
    const Json refusal = event("refusal");
    EXPECT_EQ(refusal["client"], "127.0.0.1");
    EXPECT_EQ(std::string(refusal["reply"]).substr(0, 3), "501");
    const Json attempt = event("delivery");
    EXPECT_EQ(attempt["id"], id);
    EXPECT_EQ(attempt["to"], "bad@example.net");
    EXPECT_EQ(attempt["outcome"], "refused");
    EXPECT_EQ(attempt["reply"], "550 5.1.1 nobody here");
    EXPECT_EQ(attempt["attempt"], 1);
    EXPECT_EQ(event("report")["what"], "failed");
    EXPECT_EQ(event("completion")["id"], id);
}

TEST_F(RelayStatusTest, LogsLinesForPeople) {
    start_watched();
    SmtpClient(address_).submit("Subject: x\r\n\r\n" + eicar(), {"", "user@example.net"});
    ASSERT_TRUE(
        comes_true([&] { return relay_->log().find("reception id=") != std::string::npos; }));
    const std::string line = relay_->said("reception id=");
    EXPECT_NE(line.find(" decision=reject from=<> to=user@example.net size="), std::string::npos)
        << line;
    EXPECT_NE(line.find(" code=550 enhanced_code=5.7.1 reason="), std::string::npos) << line;
}

// A service manager's end of NOTIFY_SOCKET.
class Manager {
public:
    explicit Manager(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{AF_UNIX, {}};
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        const timeval patience{60, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "10000000", 1);
    }
    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
        ::close(socket_);
    }
    // Whether that comes within a minute; what comes before is not looked at.
    bool hears(const std::string& word) {
        char text[4096];
        for (ssize_t n; (n = ::recv(socket_, text, sizeof text, 0)) > 0;) {
            if (std::string_view(text, static_cast<std::size_t>(n)).find(word) !=
                std::string_view::npos)
                return true;
        }
        return false;
    }

private:
    int socket_;
};

TEST_F(RelayStatusTest, TheServiceManagerHearsOfStartLifeReloadAndStop) {
    Manager manager(path("manager.sock"));
    start_watched();
    EXPECT_TRUE(manager.hears("READY=1"));
    EXPECT_TRUE(manager.hears("WATCHDOG=1"));
    relay_->signal(SIGHUP);
    EXPECT_TRUE(manager.hears("RELOADING=1"));
    EXPECT_TRUE(manager.hears("READY=1"));
    relay_->signal(SIGTERM);
    EXPECT_TRUE(manager.hears("STOPPING=1"));
    EXPECT_EQ(relay_->wait(), 0);
}

}  // namespace

}  // namespace postern::tests
