// SPDX-License-Identifier: Apache-2.0
// The service over real sockets, with real workers in their sandbox: answers, limits, hostile
// clients.
#include "tests/service/running_scand.h"

#include <atomic>
#include <filesystem>
#include <random>
#include <regex>

#include <sys/stat.h>
#include <fstream>

namespace postern::engine::service {
namespace {

constexpr const char* found = "stream: Eicar-Test-Signature FOUND";

bool is_found(const std::string& reply, const std::string& label) {
    return reply.starts_with(label + ": ") && reply.ends_with(" FOUND") &&
           reply.find("icar") != reply.npos;
}

TEST(Scand, ScansStreamsDescriptorsAndPaths) {
    tests::TemporaryFolder files;
    ScandOptions options;
    options.roots = {files.path()};
    RunningScand scand(options);
    const std::string path = files.write("virus", eicar());
    files.write("clean", "hello");
    EXPECT_EQ(ask(scand, z("PING")), "PONG");
    EXPECT_TRUE(is_found(scan_stream(scand, eicar()), "stream"))
        << scan_stream(scand, eicar()) << found;
    EXPECT_TRUE(is_found(scan_stream(scand, mail("", eicar())), "stream"));
    EXPECT_EQ(scan_stream(scand, mail("", "hello")), "stream: OK");
    EXPECT_EQ(scan_stream(scand, ""), "stream: OK");
    EXPECT_TRUE(is_found(ask(scand, z("SCAN " + path)), path));
    EXPECT_EQ(ask(scand, z("SCAN " + files.path().native() + "/clean")),
              files.path().native() + "/clean: OK");
    const Descriptor file = file_of(eicar());
    Client client(scand.unix_path());
    ASSERT_TRUE(client.send(z("FILDES") + "x", {file.get()}));
    EXPECT_TRUE(std::regex_match(client.reply(), std::regex(R"(fd\[\d+\]: \S+ FOUND)")));
    Client tcp(scand.tcp_port());
    ASSERT_TRUE(tcp.send(z("INSTREAM") + stream_of(eicar())));
    EXPECT_TRUE(is_found(tcp.reply(), "stream"));
    EXPECT_TRUE(ask(scand, z("READY")).starts_with("READY generation="));
    EXPECT_TRUE(ask(scand, z("VERSION")).starts_with("ClamAV "));
}

TEST(Scand, NoPathLeadsOutOfTheFolders) {
    tests::TemporaryFolder files, elsewhere;
    const std::string outside = elsewhere.write("virus", eicar());
    std::filesystem::create_symlink(outside, files.path() / "link");
    std::filesystem::create_directory(files.path() / "inner");
    std::filesystem::create_symlink("../clean", files.path() / "inner" / "near");
    files.write("clean", "hello");
    ASSERT_EQ(::mkfifo((files.path() / "fifo").c_str(), 0600), 0);
    ScandOptions options;
    options.roots = {files.path()};
    RunningScand scand(options);
    const std::string root = files.path();
    for (const std::string& path :
         {outside, root + "/link", root + "/../" + outside, root + "x/clean",
          std::string("/etc/passwd"), std::string("clean"),
          root + "/inner/../../" + elsewhere.path().filename().native() + "/virus"}) {
        EXPECT_EQ(ask(scand, z("SCAN " + path)),
                  path + ": File path check failure: Permission denied. ERROR");
    }
    EXPECT_EQ(ask(scand, z("SCAN " + root + "/inner/near")), root + "/inner/near: OK");
    EXPECT_EQ(ask(scand, z("SCAN " + root + "/fifo")),
              root + "/fifo: Not supported file type ERROR");
    EXPECT_EQ(ask(scand, z("SCAN " + root + "/none")),
              root + "/none: File path check failure: No such file or directory. ERROR");
    EXPECT_EQ(ask(scand, z("CONTSCAN " + root)), root + ": OK");  // the link is not followed
}

TEST(Scand, AVerdictIsOneLineOfJson) {
    RunningScand scand;
    const std::string json =
        ask(scand, z("VERDICT INSTREAM id=Q1 name=a%20b") + stream_of(mail("", eicar())));
    EXPECT_TRUE(json.starts_with(R"({"id":"Q1","path":"a b",)")) << json;
    EXPECT_NE(json.find(R"("decision":"reject")"), json.npos);
    EXPECT_NE(json.find(R"("complete":true)"), json.npos);
    const Descriptor file = file_of(mail("", "hello"));
    Client client(scand.unix_path());
    ASSERT_TRUE(client.send(z("VERDICT FILDES as=message") + "x", {file.get()}));
    EXPECT_NE(client.reply().find(R"("decision":"accept")"), std::string::npos);
    EXPECT_EQ(ask(scand, z("VERDICT FILDES") + "x").find(R"({"path":"")"), 0u);
}

TEST(Scand, ASessionAnswersEveryCommandByItsNumber) {
    RunningScand scand;
    Client client(scand.unix_path());
    constexpr int commands = 300;
    ASSERT_TRUE(client.send(z("IDSESSION")));
    std::thread writer([&] {
        for (int i = 0; i < commands; ++i) {
            client.send(z("INSTREAM") + stream_of(i % 3 == 0
                                                      ? mail("", eicar())
                                                      : mail("", std::string(100 * i, 'x'))));
        }
        client.send(z("END"));
    });
    std::vector<int> answers(commands + 1);
    for (std::string reply; !(reply = client.reply()).empty();) {
        const int number = std::stoi(reply);
        ASSERT_LE(number, commands);
        ++answers[static_cast<std::size_t>(number)];
        EXPECT_EQ(reply.ends_with("FOUND"), (number - 1) % 3 == 0) << reply;
    }
    writer.join();
    EXPECT_EQ(std::count(answers.begin() + 1, answers.end(), 1), commands);
}

TEST(Scand, WhatIsTooLongIsRefusedInWordsThatNoClientTakesForClean) {
    ScandOptions options;
    options.limits.stream = 100'000;
    RunningScand scand(options);
    EXPECT_EQ(scan_stream(scand, std::string(200'000, 'x')),
              "stream: Heuristics.Limits.Exceeded.StreamSize FOUND");
    EXPECT_EQ(ask(scand, z("INSTREAM") + "\xff\xff\xff\xff"),
              "stream: Heuristics.Limits.Exceeded.StreamSize FOUND");
    const std::string json =
        ask(scand, z("VERDICT INSTREAM") + stream_of(std::string(200'000, 'x')));
    EXPECT_NE(json.find(R"("decision":"reject")"), json.npos);
    EXPECT_EQ(json.find("size limit exceeded"), json.npos);
    EXPECT_EQ(scan_stream(scand, std::string(100'000, 'x')), "stream: OK");
}

TEST(Scand, ASlowClientIsToldAndLeft) {
    ScandOptions options;
    options.limits.command_time = options.limits.idle_time = options.limits.read_time =
        std::chrono::milliseconds(300);
    RunningScand scand(options);
    for (const std::string& said :
         {std::string(), std::string("zPIN"), z("INSTREAM") + chunk("abc"), z("FILDES")}) {
        Client client(scand.unix_path());
        client.send(said);
        EXPECT_EQ(client.everything(), "COMMAND READ TIMED OUT\n") << said;
    }
    Client session(scand.unix_path());
    session.send(z("IDSESSION") + z("PING"));
    EXPECT_EQ(session.everything(), std::string("1: PONG") + '\0');
}

TEST(Scand, ManyIdleConnectionsKeepNobodyOut) {
    ScandOptions options;
    options.limits.connections = 200;
    RunningScand scand(options);
    std::vector<Client> idle;
    for (int i = 0; i < 500; ++i) {
        idle.emplace_back(scand.unix_path());
        ASSERT_TRUE(idle.back().connected());
    }
    EXPECT_EQ(ask(scand, z("PING")), "PONG");
    EXPECT_TRUE(is_found(scan_stream(scand, eicar()), "stream"));
}

TEST(Scand, OtherDescriptorsThanFilesAreRefused) {
    RunningScand scand;
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const Descriptor reader(pipe[0]), writer(pipe[1]),
        folder(::open("/tmp", O_RDONLY | O_DIRECTORY)), device(::open("/dev/zero", O_RDONLY));
    for (const int file : {reader.get(), folder.get(), device.get()}) {
        Client client(scand.unix_path());
        ASSERT_TRUE(client.send(z("FILDES") + "x", {file}));
        EXPECT_TRUE(client.reply().ends_with(": Not a regular file ERROR"));
        Client ours(scand.unix_path());
        ASSERT_TRUE(ours.send(z("VERDICT FILDES") + "x", {file}));
        EXPECT_NE(ours.reply().find(R"("unreadable")"), std::string::npos);
    }
    const Descriptor write_only(
        ::open((scand.folder.path() / "w").c_str(), O_CREAT | O_WRONLY, 0600));
    Client client(scand.unix_path());
    ASSERT_TRUE(client.send(z("FILDES") + "x", {write_only.get()}));
    EXPECT_TRUE(client.reply().ends_with("ERROR"));
    EXPECT_EQ(scand.ended_workers(), 0u);
}

TEST(Scand, NoiseFromManyClientsHarmsNobody) {
    RunningScand scand;
    std::atomic<bool> over{false};
    std::vector<std::thread> noisy;
    for (unsigned seed = 0; seed < 4; ++seed) {
        noisy.emplace_back([&, seed] {
            std::mt19937 random(seed);
            const std::string words[] = {
                z("IDSESSION"), z("INSTREAM"),         chunk("abc"),
                "zPI",          z("FILDES"),           "\xff\xff",
                "x\n",          z("SCAN /etc/passwd"), std::string(5000, 'z')};
            while (!over) {
                Client client(scand.unix_path());
                for (auto i = random() % 6; i > 0; --i)
                    client.send(words[random() % std::size(words)]);
                if (random() % 2 == 0) client.half_close();
                if (random() % 4 == 0) client.everything(20);
            }
        });
    }
    for (int i = 0; i < 200; ++i)
        EXPECT_TRUE(is_found(scan_stream(scand, mail("", eicar())), "stream"));
    over = true;
    for (std::thread& one : noisy) one.join();
    EXPECT_EQ(scand.ended_workers(), 0u);
}

TEST(Scand, ANewSetTakesOverUnderLoad) {
    tests::TemporaryFolder sources;
    sources.write("one.ndb", "First.Test:0:*:46495253542d5445535431\n");
    RunningScand scand({}, {sources.path()});
    std::atomic<bool> over{false};
    std::atomic<int> wrong{0}, asked{0};
    std::vector<std::thread> load;
    for (int i = 0; i < 4; ++i) {
        load.emplace_back([&] {
            while (!over) {
                ++asked;
                if (!is_found(scan_stream(scand, mail("", eicar())), "stream")) ++wrong;
            }
        });
    }
    EXPECT_EQ(scan_stream(scand, "SECOND-TEST2"), "stream: OK");
    for (int round = 0; round < 5; ++round) {
        const std::string name = "New" + std::to_string(round);
        sources.write("new.ndb", name + ":0:*:5345434f4e442d5445535432\n");
        EXPECT_EQ(ask(scand, z("RELOAD")), "RELOADING");
        std::string reply;
        for (int i = 0; i < 600 && reply.find(name) == reply.npos; ++i) {
            reply = scan_stream(scand, "SECOND-TEST2");
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        EXPECT_EQ(reply, "stream: " + name + " FOUND");
    }
    // What cannot be loaded changes nothing.
    std::filesystem::permissions(sources.path() / "new.ndb", std::filesystem::perms::none);
    sources.write("broken.cvd", "no container");
    EXPECT_EQ(ask(scand, z("RELOAD")), "RELOADING");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(scan_stream(scand, "SECOND-TEST2"), "stream: New4 FOUND");
    over = true;
    for (std::thread& one : load) one.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(asked, 0);
}

// No code can be made within the sandbox: regular expressions are interpreted there, and match.
TEST(Scand, RegularExpressionsMatchInTheWorker) {
    const tests::TemporaryFolder folder;
    const auto source = folder.write(
        "a.ldb",
        "Test.Regex;Engine:81-255,Target:0;0&1;66696e642074686973;0/w[aeiou]rd[0-9]{3}/\n");
    RunningScand scand({}, {source});
    EXPECT_EQ(scan_stream(scand, mail("", "find this: word123")), "stream: Test.Regex FOUND");
    EXPECT_EQ(scan_stream(scand, mail("", "find this: wxrd123")), "stream: OK");
}

}  // namespace
}  // namespace postern::engine::service
