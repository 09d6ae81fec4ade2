// SPDX-License-Identifier: Apache-2.0
// SMTP smuggling (VU#302671), all of it: every sequence of the octets that readers disagree about, between two texts. What
// the receiving half takes for one message is one message, and what the sending half then says has one end, whoever reads.
#include "relay/content_writer.h"
#include "relay/dot_stuffing.h"

#include <gtest/gtest.h>

namespace postern::relay {

namespace {

constexpr std::string_view alphabet("\r\n.\0", 4);
constexpr std::size_t longest = 7;

std::string sequence(std::size_t number, std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i, number /= alphabet.size()) text += alphabet[number % alphabet.size()];
    return text;
}

struct Received {
    std::string content;
    std::size_t taken = 0;  // octets up to the end of the data; npos: there was none
    ContentFault fault = ContentFault::none;
};

Received receive(std::string_view data, LineEnds ends, std::size_t piece) {
    DotUnstuffer unstuffer(ends);
    Received received;
    for (std::size_t at = 0; at < data.size();) {
        std::string_view part = data.substr(at, piece);
        const std::size_t before = part.size();
        const bool end = unstuffer.feed(part, received.content);
        at += before - part.size();
        if (!end) continue;
        received.taken = at;
        received.fault = unstuffer.fault();
        return received;
    }
    received.taken = std::string::npos;
    return received;
}

// The only true end: CR LF . CR LF, or . CR LF at once.
std::size_t true_end(std::string_view data) {
    if (data.starts_with(".\r\n")) return 3;
    const std::size_t at = data.find("\r\n.\r\n");
    return at == std::string_view::npos ? at : at + 5;
}

bool has_bare(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return true;
        if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return true;
    }
    return false;
}

std::string sent(const std::string& content, std::size_t piece) {
    ContentWriter writer;
    std::string out;
    for (std::size_t at = 0; at < content.size(); at += piece) writer.write(std::string_view(content).substr(at, piece), out);
    writer.finish(out);
    return out;
}

void check(const std::string& data, LineEnds ends) {
    const Received whole = receive(data, ends, data.size());
    const Received cut = receive(data, ends, 1);
    ASSERT_EQ(whole.taken, true_end(data)) << testing::PrintToString(data);
    ASSERT_EQ(cut.taken, whole.taken);
    ASSERT_EQ(cut.content, whole.content);
    ASSERT_EQ(cut.fault, whole.fault);
    const std::string_view message = std::string_view(data).substr(0, whole.taken);
    const bool faulty = message.find('\0') != std::string_view::npos || (ends == LineEnds::strict && has_bare(message));
    ASSERT_EQ(whole.fault != ContentFault::none, faulty) << testing::PrintToString(data);
    const std::string out = sent(whole.content, whole.content.size() + 1);
    ASSERT_EQ(out, sent(whole.content, 1));
    ASSERT_EQ(true_end(out), out.size()) << testing::PrintToString(out);
    ASSERT_FALSE(has_bare(out)) << testing::PrintToString(out);
    ASSERT_EQ(out.find('\0'), std::string::npos);
    // Who takes only what was strictly good sends it on as it came.
    if (!faulty && ends == LineEnds::strict) {
        ASSERT_EQ(receive(out, LineEnds::strict, out.size()).content, whole.content);
    }
}

void check_all(LineEnds ends) {
    std::size_t count = 1;
    for (std::size_t length = 0; length <= longest; ++length, count *= alphabet.size()) {
        for (std::size_t number = 0; number < count; ++number) {
            const std::string middle = sequence(number, length);
            for (const char* before : {"", "one", "one\r\n"}) {
                check(before + middle + "two\r\n.\r\n", ends);
                if (testing::Test::HasFatalFailure()) return;
            }
        }
    }
}

}  // namespace

TEST(Smuggling, NothingEndsAMessageButItsEnd) {
    check_all(LineEnds::strict);
}

TEST(Smuggling, NorWhereTheLineEndsOfOldDevicesAreMended) {
    check_all(LineEnds::mended);
}

}  // namespace postern::relay
