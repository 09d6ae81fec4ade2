// SPDX-License-Identifier: Apache-2.0
// The client's half of VERDICT as a dialogue: what goes out, and what is taken for an answer.
#include "engine/service/client/verdict_exchange.h"
#include "engine/service/client/verdict_answer.h"
#include "tests/support/command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace postern::engine::service::client {
namespace {

using State = VerdictExchange::State;

std::span<const std::byte> octets(std::string_view text) {
    return std::as_bytes(std::span(text));
}

// An answer about `bytes` octets.
std::string answer(std::string decision, std::size_t bytes) {
    return R"({"path":"stream","bytes":)" + std::to_string(bytes) + R"(,"decision":")" + decision +
           R"(","reason":"Because.","findings":[],"coverage":{"complete":true,"not_scanned":[]},)"
           R"("generation":"ab12","seconds":0.001})";
}

// Everything the exchange would send, in pieces of `most`.
std::string all_sent(VerdictExchange& exchange, std::size_t most) {
    std::string all;
    while (true) {
        const auto outgoing = exchange.next();
        if (outgoing.octets.empty()) return all;
        const std::size_t length = std::min(most, outgoing.octets.size());
        all.append(reinterpret_cast<const char*>(outgoing.octets.data()), length);
        exchange.sent(length);
    }
}

// The octets of clamd's chunks, up to the chunk of no length, which must be the end.
std::string unchunked(std::string_view chunks) {
    std::string text;
    while (chunks.size() >= 4) {
        std::size_t length = 0;
        for (int i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(chunks[i]);
        chunks.remove_prefix(4);
        if (length == 0) return chunks.empty() ? text : text + "(and more)";
        text += chunks.substr(0, length);
        chunks.remove_prefix(length);
    }
    return text + "(no end)";
}

TEST(VerdictCommand, SaysWhatIsAsked) {
    using namespace std::string_literals;
    EXPECT_EQ(verdict_command({}, Transfer::stream), "zVERDICT INSTREAM\0"s);
    ScanRequest request;
    request.as = TakenAs::file;
    request.name = "a b%\n\xc3\xa4.exe";
    request.id = "4Q1 x\n";
    EXPECT_EQ(verdict_command(request, Transfer::descriptor),
              "zVERDICT FILDES as=file name=a%20b%25%0A%C3%A4.exe id=4Q1_x_\0"s);
}

TEST(VerdictExchange, StreamsEverythingInAnyPieces) {
    std::string message(700'000, 'x');
    for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<char>(i * 7);
    for (const std::size_t length :
         std::initializer_list<std::size_t>{0, 1, 255, 262144, 262145, message.size()}) {
        const std::string part = message.substr(0, length);
        ScanRequest request;
        request.octets = octets(part);
        for (const std::size_t most : std::initializer_list<std::size_t>{1000, 1 << 20}) {
            VerdictExchange exchange(request, Transfer::stream);
            const std::string sent = all_sent(exchange, most);
            const std::size_t end = sent.find('\0') + 1;
            EXPECT_EQ(unchunked(std::string_view(sent).substr(end)), part) << length;
            EXPECT_EQ(exchange.state(), State::open);
        }
    }
}

TEST(VerdictExchange, PassesTheDescriptorWithTheFirstOctets) {
    const tests::TemporaryFolder folder;
    const int file = ::open(folder.write("m.eml", "From: a\r\n\r\n").c_str(), O_RDONLY | O_CLOEXEC);
    ScanRequest request;
    request.descriptor = file;
    VerdictExchange exchange(request, Transfer::descriptor);
    const auto first = exchange.next();
    EXPECT_EQ(first.descriptor, file);
    EXPECT_EQ(first.octets.size(), verdict_command(request, Transfer::descriptor).size() + 1);
    exchange.sent(3);
    EXPECT_EQ(exchange.next().descriptor, -1);
    exchange.sent(first.octets.size() - 3);
    EXPECT_TRUE(exchange.next().octets.empty());
    ::close(file);
}

TEST(VerdictExchange, ADescriptorCanBeStreamedToo) {
    const tests::TemporaryFolder folder;
    const std::string text(300'000, 'y');
    const std::string path = folder.write("m.eml", text);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ScanRequest request;
    request.descriptor = file;
    VerdictExchange exchange(request, Transfer::stream);
    const std::string sent = all_sent(exchange, 4096);
    EXPECT_EQ(unchunked(std::string_view(sent).substr(sent.find('\0') + 1)), text);

    VerdictExchange cut(request, Transfer::stream);
    ASSERT_EQ(::truncate(path.c_str(), 100), 0);
    all_sent(cut, 4096);
    EXPECT_EQ(cut.state(), State::unreadable);
    ::close(file);
}

TEST(VerdictExchange, WhatIsNoFileIsNotSent) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ScanRequest request;
    request.descriptor = ends[0];
    EXPECT_EQ(VerdictExchange(request, Transfer::descriptor).state(), State::unreadable);
    ::close(ends[0]);
    ::close(ends[1]);
}

// The state after these octets came in pieces of `piece`, for a message of four octets.
State after(std::string_view text, std::size_t piece = 7) {
    ScanRequest request;
    request.octets = octets("abcd");
    VerdictExchange exchange(request, Transfer::stream);
    all_sent(exchange, 1000);
    for (std::size_t at = 0; at < text.size(); at += piece)
        exchange.received(octets(text.substr(at, piece)));
    return exchange.state();
}

TEST(VerdictExchange, AWholeAnswerIsOne) {
    using namespace std::string_literals;
    for (const char* decision : {"accept", "hold", "defer", "reject"}) {
        EXPECT_EQ(after(answer(decision, 4)), State::open) << "no NUL yet";
        EXPECT_EQ(after(answer(decision, 4) + "\0"s, 1), State::answered);
        EXPECT_EQ(after(answer(decision, 4) + "\0"s, 100'000), State::answered);
    }
    EXPECT_EQ(after(answer("accept", 5) + "\0"s), State::broken) << "about another message";
    EXPECT_EQ(after(answer("reject", 5) + "\0"s), State::answered) << "a refusal needs no proof";
    EXPECT_EQ(after(answer("accept", 4) + "\0{"s, 100'000), State::broken) << "something follows";
    EXPECT_EQ(after("UNKNOWN COMMAND\0"s), State::broken);
    EXPECT_EQ(after("\0"s), State::broken);
    EXPECT_EQ(after(std::string(VerdictExchange::max_answer + 1, ' '), 1 << 20), State::broken);
}

TEST(VerdictExchange, AClosedConnectionIsNoAnswer) {
    ScanRequest request;
    request.octets = octets("abcd");
    const std::string whole = answer("accept", 4);
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        VerdictExchange exchange(request, Transfer::stream);
        exchange.received(octets(std::string_view(whole).substr(0, length)));
        exchange.closed("it went away");
        EXPECT_EQ(exchange.state(), State::broken) << length;
        EXPECT_FALSE(exchange.failure().empty());
    }
}

TEST(VerdictAnswer, EveryFieldComesBack) {
    const std::string json =
        R"({"id":"x","path":"p","bytes":9,"decision":"reject","reason":"R.","findings":[{"kind":"signature","name":"N",)"
        R"("content":"1","offset":1,"length":2,"message_offset":3,"type":"text","file_name":"f"}],"coverage":)"
        R"({"complete":false,"not_scanned":[{"content":"2","reason":"damaged","detail":"d"}]},"generation":"g",)"
        R"("shadow":{"generation":"s","findings":[]},"seconds":0.5,"new":[1,{"a":2}]})";
    std::string failure;
    const auto report = parse_answer(json, failure);
    ASSERT_TRUE(report) << failure;
    EXPECT_EQ(report->path, "p");
    EXPECT_EQ(report->verdict.message_bytes, 9u);
    EXPECT_EQ(report->decision.action, Action::reject);
    EXPECT_EQ(report->decision.reason, "R.");
    const Finding expected{FindingKind::signature, "N", "1", 1, 2, 3, "text", "f"};
    EXPECT_EQ(report->decision.findings, std::vector<Finding>{expected});
    EXPECT_EQ(report->verdict.coverage.gaps, (std::vector<Gap>{{"2", "damaged", "d"}}));
    EXPECT_EQ(report->verdict.shadow.generation, "s");
    EXPECT_EQ(report->verdict.generation, "g");
    EXPECT_EQ(report->seconds, 0.5);
}

TEST(VerdictAnswer, WhatTheEngineWritesIsRead) {
    Report report;
    report.path = "name\xff";
    report.verdict.message_bytes = 77;
    report.verdict.generation = "abc";
    report.verdict.coverage.gaps.push_back({"1", "encrypted", "needs a password"});
    report.decision = {Action::hold,
                       "Why.",
                       {{FindingKind::encrypted, "zip", "1/a.zip", 0, 9, 5, "zip", "a.zip"}}};
    std::string failure;
    const auto read = parse_answer(to_json(report), failure);
    ASSERT_TRUE(read) << failure;
    EXPECT_EQ(read->decision.findings, report.decision.findings);
    EXPECT_EQ(read->verdict.coverage.gaps, report.verdict.coverage.gaps);
    EXPECT_EQ(read->decision.action, Action::hold);
}

std::string without(std::string text, const std::string& what, const std::string& instead) {
    const std::size_t at = text.find(what);
    return at == std::string::npos ? "not there" : text.replace(at, what.size(), instead);
}

TEST(VerdictAnswer, WhatIsAmissMakesItNone) {
    const std::string good = answer("accept", 4);
    std::string failure;
    ASSERT_TRUE(parse_answer(good, failure)) << failure;
    const std::pair<const char*, const char*> changes[] = {
        {R"("decision":"accept",)", ""},
        {R"("decision":"accept")", R"("decision":"accepted")"},
        {R"("decision":"accept")", R"("decision":["accept"])"},
        {R"("decision":"accept")", R"("decision":"reject","decision":"accept")"},
        {R"("bytes":4)", R"("bytes":"4")"},
        {R"("bytes":4)", R"("bytes":-4)"},
        {R"("bytes":4)", R"("bytes":4.5)"},
        {R"("findings":[])", R"("findings":{})"},
        {R"("findings":[])", R"("findings":[1])"},
        {R"("findings":[])", R"("findings":[{"kind":"signature"}])"},
        {R"("complete":true)", R"("complete":false)"},
        {R"("complete":true)", R"("complete":1)"},
        {R"("not_scanned":[])", R"("not_scanned":[{"content":"","reason":"x","detail":"y"}])"},
        {R"("generation":"ab12",)", ""},
        {R"("seconds":0.001)", R"("seconds":"0.001")"},
        {R"("seconds":0.001)", R"("seconds":-1)"},
        {R"("path":"stream")", R"("path":"stream","error":"it could not be read")"},
        {R"("reason":"Because.")", R"("reason":null)"},
        {"{", "[{"},
        {"}", ""},
        {"\"Because.\"", "\"\xff\""},
    };
    for (const auto& [what, instead] : changes) {
        failure.clear();
        EXPECT_FALSE(parse_answer(without(good, what, instead), failure))
            << what << " -> " << instead;
        EXPECT_FALSE(failure.empty());
    }
    EXPECT_FALSE(parse_answer(good + good, failure));
    EXPECT_FALSE(parse_answer(std::string(100'000, '['), failure));
}

}  // namespace
}  // namespace postern::engine::service::client
