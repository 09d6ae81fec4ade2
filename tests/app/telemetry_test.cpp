// SPDX-License-Identifier: Apache-2.0
// What watches a service: log lines that hostile names cannot break, metrics under their names, the
// checks, and the words to systemd.
#include "app/errors.h"
#include "app/telemetry/scand_telemetry.h"
#include "tests/support/command.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

namespace postern::app::telemetry {
namespace {

namespace service = engine::service;
using Json = nlohmann::json;

const std::string hostile = "a\nb \"c\"\x1b[31m=\xff,\xe2\x80\xae.exe";

TEST(Record, AHostileNameStaysOneValueOfOneLine) {
    Record record("scan");
    record.text("name", hostile).text("empty", "").texts("found", {"A", "B c"}).number("bytes", 5);
    record.seconds("total", 0.0025);
    const std::string line = record.for_people();
    EXPECT_TRUE(std::none_of(line.begin(), line.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == 127;
    })) << line;
    EXPECT_EQ(line.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_TRUE(line.starts_with("scan name=\"")) << line;
    EXPECT_TRUE(line.ends_with("\" found=A,\"B c\" bytes=5 total=0.002500")) << line;
    EXPECT_EQ(line.find("empty"), std::string::npos);
}

TEST(Record, JsonIsOneObjectWithNumbersAndLists) {
    Record record("scan", Severity::warning);
    record.text("name", hostile).texts("found", {"A"}).number("bytes", 5).seconds("total", 0.5);
    const Json json = Json::parse(record.json("2026-11-28T00:00:00.000Z"));
    EXPECT_EQ(json["event"], "scan");
    EXPECT_EQ(json["level"], "warning");
    EXPECT_EQ(json["time"], "2026-11-28T00:00:00.000Z");
    EXPECT_EQ(json["found"], Json::array({"A"}));
    EXPECT_EQ(json["bytes"], 5);
    EXPECT_EQ(json["total"], 0.5);
    EXPECT_EQ(record.json("").find('\n'), std::string::npos);
}

TEST(Record, NoValueIsLongerThanALineShouldBe) {
    Record record("scan");
    record.text("name", std::string(100'000, 'x'))
        .texts("found", std::vector<std::string>(1000, "y"));
    EXPECT_LT(record.for_people().size(), 2000u);
    EXPECT_NE(record.for_people().find("and 980 more"), std::string::npos);
}

TEST(Log, AFileGetsALineForEachRecordAboveTheLeast) {
    const tests::TemporaryFolder folder;
    const std::string path = folder.path() / "scand.log";
    {
        Log log({.target = path, .format = LogFormat::json, .least = Severity::warning});
        log.write(Record("left-out"));
        for (int i = 0; i < 1000; ++i) log.write(Record("kept", Severity::error).number("i", i));
    }
    std::istringstream lines(tests::read_file(path));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        EXPECT_EQ(Json::parse(line)["i"], count);
    }
    EXPECT_EQ(count, 1000);
}

TEST(Log, APlaceThatIsNoneIsRefused) {
    EXPECT_THROW(Log({.target = "nowhere"}), UsageError);
    EXPECT_THROW(Log({.target = "/proc/no/scand.log"}), UsageError);
}

StatusPages example_pages() {
    return [](std::string_view path) -> StatusPage {
        if (path == "/metrics") return {.body = "m 1\n"};
        return {.code = 404, .body = "none\n"};
    };
}

std::string reply_to(std::string_view request, std::size_t piece = 5) {
    const StatusPages pages = example_pages();
    StatusRequest machine(pages);
    while (!request.empty() && !machine.received(request.substr(0, piece))) {
        request.remove_prefix(std::min(piece, request.size()));
    }
    return machine.reply();
}

std::string first_line(const std::string& reply) {
    return reply.substr(0, reply.find("\r\n"));
}

TEST(StatusRequest, Dialogues) {
    EXPECT_EQ(first_line(reply_to("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")), "HTTP/1.1 200 OK");
    EXPECT_TRUE(reply_to("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("\r\n\r\nm 1\n"));
    EXPECT_TRUE(reply_to("GET /metrics?x=1 HTTP/1.0\n\n").ends_with("m 1\n"));
    EXPECT_TRUE(reply_to("HEAD /metrics HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n"));
    EXPECT_EQ(first_line(reply_to("GET / HTTP/1.1\r\n\r\n")), "HTTP/1.1 404 Not Found");
    EXPECT_EQ(first_line(reply_to("POST /metrics HTTP/1.1\r\n\r\n")),
              "HTTP/1.1 405 Method Not Allowed");
    for (const char* request : {"\r\n\r\n", "GET\r\n\r\n", "GET /metrics\r\n\r\n",
                                "GET /metrics SMTP/1\r\n\r\n", "\x16\x03\x01\n\n"}) {
        EXPECT_EQ(first_line(reply_to(request)), "HTTP/1.1 400 Bad Request") << request;
    }
    EXPECT_EQ(reply_to("GET /metrics HTTP/1.1\r\nHost"), "");
    EXPECT_EQ(first_line(reply_to("GET /" + std::string(10'000, 'x'), 1000)),
              "HTTP/1.1 431 Request Header Fields Too Large");
}

std::string get(unsigned short port, const std::string& path) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    EXPECT_GT(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), 0);
    std::string reply;
    char buffer[4096];
    for (ssize_t got = 1; got > 0;) {
        got = ::recv(socket, buffer, sizeof buffer, 0);
        if (got > 0) reply.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(socket);
    return reply;
}

// A manager's end of NOTIFY_SOCKET.
class Manager {
public:
    Manager() {
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = folder_.path() / "notify";
        std::strcpy(address.sun_path, path.c_str());
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "30000000", 1);
        ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    }
    ~Manager() { ::close(socket_); }
    // What was told next; empty: nothing.
    std::string told() const {
        char buffer[4096];
        const ssize_t got = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
        return got < 0 ? "" : std::string(buffer, static_cast<std::size_t>(got));
    }

private:
    tests::TemporaryFolder folder_;
    int socket_;
};

service::GenerationChanged generation(std::string_view digest) {
    service::GenerationChanged change;
    change.generation = digest;
    change.in_force_since = std::chrono::system_clock::now() - std::chrono::hours(2);
    change.signatures = 77;
    return change;
}

const std::string first_generation(64, 'a');
const std::string second_generation(64, 'b');

TEST(ScandTelemetry, AServiceIsReadyWhenItListensWithASet) {
    const Manager manager;
    const tests::TemporaryFolder folder;
    ScandTelemetry telemetry(
        {.log = {.target = folder.path() / "log"}, .status_address = "127.0.0.1:0"});
    EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
    const unsigned short port = telemetry.status_port();
    EXPECT_EQ(first_line(get(port, "/healthz")), "HTTP/1.1 200 OK");
    EXPECT_EQ(first_line(get(port, "/readyz")), "HTTP/1.1 503 Service Unavailable");
    telemetry.generation_changed(generation(first_generation));
    EXPECT_EQ(first_line(get(port, "/readyz")), "HTTP/1.1 503 Service Unavailable");
    EXPECT_EQ(manager.told(), "");
    telemetry.ready({"unix:/run/x", "127.0.0.1:3310"});
    EXPECT_EQ(first_line(get(port, "/readyz")), "HTTP/1.1 200 OK");
    EXPECT_EQ(manager.told(),
              "READY=1\nSTATUS=listening on unix:/run/x, 127.0.0.1:3310, generation aaaaaaaaaaaa");
    telemetry.alive();
    EXPECT_EQ(manager.told(), "WATCHDOG=1");
    telemetry.reloading();
    EXPECT_TRUE(manager.told().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    telemetry.generation_changed(generation(second_generation));
    EXPECT_TRUE(manager.told().starts_with("READY=1"));
    telemetry.stopping();
    EXPECT_EQ(manager.told(), "STOPPING=1");
    EXPECT_EQ(first_line(get(port, "/readyz")), "HTTP/1.1 503 Service Unavailable");
}

TEST(ScandTelemetry, MetricsCountWhatHappened) {
    const tests::TemporaryFolder folder;
    ScandTelemetry telemetry(
        {.log = {.target = folder.path() / "log", .format = LogFormat::json}, .log_clean = false});
    const service::ClientName client{"192.0.2.7:5", false};
    const std::vector<std::string> found{"Policy.FileType.PE", "Policy.FileName.exe",
                                         "Eicar-Signature"};
    const std::vector<std::string> gaps{"damaged"};
    service::ScanFinished scan{
        client,           "INSTREAM", hostile, "id1", engine::Action::reject, "No.\n", found, gaps,
        first_generation, 5000,       {},      {},    service::Seconds(0.003)};
    telemetry.scan_finished(scan);
    const std::vector<std::string> none;
    const service::ScanFinished clean{
        client, "VERDICT", "", "", engine::Action::accept, "", none, none, first_generation,
        70,     {},        {}, {}};
    telemetry.scan_finished(clean);
    telemetry.worker_started(service::Seconds(0.004));
    telemetry.worker_ended({service::WorkerEnd::hung, 9, 3, 4711});
    telemetry.generation_changed(generation(first_generation));
    telemetry.generation_changed(generation(second_generation));
    telemetry.connection_closed(client, "idle");
    const std::string text = telemetry.metrics().text();
    for (const char* line :
         {"postern_scans_total{decision=\"reject\"} 1\n",
          "postern_scans_total{decision=\"accept\"} 1\n",
          "postern_scans_total{decision=\"hold\"} 0\n", "postern_scanned_bytes_total 5070\n",
          "postern_findings_total{class=\"file_type\"} 1\n",
          "postern_findings_total{class=\"signature\"} 1\n",
          "postern_partial_scans_total{reason=\"damaged\"} 1\n",
          "postern_worker_restarts_total{cause=\"hung\"} 1\n",
          "postern_worker_restarts_total{cause=\"crashed\"} 0\n",
          "postern_worker_start_seconds_count 1\n",
          "postern_scan_seconds_count{command=\"instream\"} 1\n",
          "postern_connections_ended_total{reason=\"idle\"} 1\n", "postern_signatures 77\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
    EXPECT_NE(text.find("postern_generation_info{generation=\"" + second_generation + "\"} 1\n"),
              std::string::npos);
    EXPECT_EQ(text.find("postern_generation_info{generation=\"" + first_generation),
              std::string::npos);
    const std::size_t age = text.find("\npostern_generation_age_seconds ");
    ASSERT_NE(age, std::string::npos);
    EXPECT_NEAR(std::stod(text.substr(age + 32)), 7200, 600);
    EXPECT_EQ(text.find("192.0.2.7"), std::string::npos);
}

TEST(ScandTelemetry, ALineForEveryVerdictAndNoneThatIsBroken) {
    const tests::TemporaryFolder folder;
    const std::string path = folder.path() / "log";
    {
        ScandTelemetry telemetry({.log = {.target = path, .format = LogFormat::json}});
        const service::ClientName client{"unix:pid=1,uid=2", true};
        const std::vector<std::string> none;
        telemetry.scan_finished({client,
                                 "FILDES",
                                 hostile,
                                 hostile,
                                 engine::Action::accept,
                                 "",
                                 none,
                                 none,
                                 first_generation,
                                 70,
                                 {},
                                 {},
                                 {}});
        telemetry.message_given_up(
            {hostile, "", std::string(64, 'c'), 70, service::WorkerEnd::crashed, 11, ""});
        telemetry.told(service::Level::warning, hostile);
    }
    std::istringstream lines(tests::read_file(path));
    std::vector<Json> all;
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0]["event"], "scan");
    EXPECT_EQ(all[0]["decision"], "accept");
    EXPECT_EQ(all[0]["generation"], std::string(12, 'a'));
    EXPECT_EQ(all[1]["signal"], 11);
    EXPECT_EQ(all[2]["level"], "warning");
}

TEST(BoundedLabel, DoesNotGrowWithoutEnd) {
    BoundedLabel label(2);
    EXPECT_EQ(label.of("a"), "a");
    EXPECT_EQ(label.of("b"), "b");
    EXPECT_EQ(label.of("c"), "other");
    EXPECT_EQ(label.of("a"), "a");
}

TEST(StatusServer, AnAddressThatIsNoneIsRefused) {
    const Metrics metrics;
    for (const char* address :
         {"", "9464", "example.org:9464", "127.0.0.1:", "127.0.0.1:x", "198.51.100.1:9464"}) {
        EXPECT_THROW(StatusServer(address, status_pages(metrics, {})), UsageError) << address;
    }
}

}  // namespace
}  // namespace postern::app::telemetry
