// SPDX-License-Identifier: Apache-2.0
// Splitting an mbox, against a plain reader that goes line by line.
#include "corpora/mbox.h"

#include "corpora/lines.h"
#include "corpora/loader.h"
#include "tests/corpora/scratch_folder.h"

#include <gtest/gtest.h>

#include <random>

namespace postern::corpora {
namespace {

const std::string from_line = "From a@example.org Mon Jan  5 10:00:00 2026";

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> messages;
    if (!begins_like_mbox(text)) return messages;
    MboxSplitter splitter(text);
    while (const auto range = splitter.next()) {
        EXPECT_LE(range->begin, range->end);
        EXPECT_LE(range->end, text.size());
        messages.emplace_back(text.substr(range->begin, range->size()));
    }
    return messages;
}

// The rules of mbox.h said once more, over a list of lines.
std::vector<std::string> split_plainly(const std::string& text) {
    std::vector<std::string> lines;  // each with its line end
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = next_line(text, at);
        lines.push_back(text.substr(at, end - at));
        at = end;
    }
    const auto bare = [&](std::size_t i) {
        return i < lines.size() ? std::string(line_at(lines[i], 0)) : "";
    };
    std::vector<std::string> messages;
    std::vector<std::size_t> held;  // lines of the message so far
    const auto finish = [&] {
        if (messages.empty()) return;
        if (!held.empty() && bare(held.back()).empty()) held.pop_back();
        for (const std::size_t i : held) messages.back() += lines[i];
        held.clear();
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool separates =
            is_from_line(bare(i)) && (i == 0 || bare(i - 1).empty()) &&
            (!field_name(bare(i + 1)).empty() || bare(i + 1).starts_with(">From "));
        if (!separates) {
            held.push_back(i);
            continue;
        }
        finish();
        messages.emplace_back();
    }
    finish();
    return messages;
}

TEST(FromLine, KnowsItsShapes) {
    for (const char* line :
         {"From a@example.org Mon Jan  5 10:00:00 2026", "From - Mon Jan 05 10:00:00 2026",
          "From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
          "From 1534567890@xxx Thu Feb 01 09:12:33 +0000 2018",
          "From \"a b\"@example.org Thu Feb  1 9:12 2018",
          "From ???@??? Thu Feb 01 09:12:33 1996"}) {
        EXPECT_TRUE(is_from_line(line)) << line;
    }
    for (const char* line :
         {"From: a@example.org", "From here on it is easy.", "From Monday, Jan 5",
          "from a Mon Jan  5 10:00:00 2026", ">From a Mon Jan  5 10:00:00 2026",
          "From 10:00 we are open", "From ", "From", ""}) {
        EXPECT_FALSE(is_from_line(line)) << line;
    }
}

TEST(Mbox, GivesTheMessagesWithoutTheirSeparators) {
    const std::string mbox = from_line + "\nA: 1\n\none\n\n" + from_line + "\nA: 2\n\ntwo\n\n";
    EXPECT_EQ(split(mbox), (std::vector<std::string>{"A: 1\n\none\n", "A: 2\n\ntwo\n"}));
}

TEST(Mbox, TakesOffOneEmptyLineAndNoMore) {
    const std::string mbox = from_line + "\nA: 1\n\none\n\n\n\n" + from_line + "\nA: 2\n\ntwo";
    EXPECT_EQ(split(mbox), (std::vector<std::string>{"A: 1\n\none\n\n\n", "A: 2\n\ntwo"}));
}

TEST(Mbox, ReadsLineEndsOfTwoKinds) {
    const std::string mbox =
        from_line + "\r\nA: 1\r\n\r\none\r\n\r\n" + from_line + "\r\nA: 2\r\n\r\n";
    EXPECT_EQ(split(mbox), (std::vector<std::string>{"A: 1\r\n\r\none\r\n", "A: 2\r\n"}));
}

TEST(Mbox, LeavesQuotedAndUnfittingFromLinesInTheBody) {
    const std::string body = "A: 1\n\n>" + from_line + "\nx\n" + from_line + "\nA: 2\n\n" +
                             from_line + "\nno field follows\n\nFrom then on: all well\n";
    EXPECT_EQ(split(from_line + "\n" + body), std::vector<std::string>{body});
}

TEST(Mbox, NeedsASecondMessageOrAName) {
    const std::string one = from_line + "\nSubject: 1\n\none\n";
    EXPECT_FALSE(has_two_messages(one));
    EXPECT_TRUE(has_two_messages(one + "\n" + one));
    EXPECT_FALSE(has_two_messages("Subject: 1\n\n" + one + "\n" + one));
    ScratchFolder folder;
    Loader unnamed({folder.write("one", one)}, As::detect);
    EXPECT_EQ(unnamed.next()->message.text(), one) << "one message, whole";
    Loader named({folder.write("one.mbox", one)}, As::detect);
    const auto item = named.next();
    EXPECT_EQ(item->message.text(), "Subject: 1\n\none\n");
    EXPECT_EQ(item->index, 0u);
}

TEST(Mbox, MessagesAreNumbered) {
    ScratchFolder folder;
    std::string mbox;
    for (int i = 0; i < 3; ++i) mbox += from_line + "\nSubject: " + std::to_string(i) + "\n\nx\n\n";
    Loader loader({folder.write("inbox", mbox)}, As::detect);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto item = loader.next();
        ASSERT_TRUE(item);
        EXPECT_EQ(item->index, i);
        EXPECT_EQ(item->message.text(), "Subject: " + std::to_string(i) + "\n\nx\n");
    }
    EXPECT_FALSE(loader.next());
}

TEST(Mbox, AgreesWithThePlainReader) {
    const std::vector<std::string> pieces = {
        "\n", "\r\n",      "\n\n",     "From ", from_line, from_line + "\n", "A: b\n", "A: b\r\n",
        "x",  ">From y\n", "Jan 1:00", "\r",    ":"};
    std::mt19937 random(7);
    for (int round = 0; round < 20000; ++round) {
        std::string text = from_line + "\nA: b\n";
        for (auto n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
        ASSERT_EQ(split(text), split_plainly(text)) << testing::PrintToString(text);
    }
}

TEST(LooksLikeMessage, TellsMailFromOtherText) {
    const auto looks = [](std::string_view text) {
        return looks_like_message(std::as_bytes(std::span(text.data(), text.size())));
    };
    for (const char* text :
         {"From: a\nTo: b\n\nx", "Received: by x\r\n\tfor y\r\n", "\xEF\xBB\xBFSubject: x\nTo: y\n",
          "\r\n\nSubject: x\nTo: y\n", "From a Mon Jan  5 10:00:00 2026\nX: y\n\n",
          "Subject: x\n\nbody", "X-Odd: 1\nX-Odder: 2\nMessage-ID: <1>\n", "Subject : x\nTo : y\n",
          ">From a\nMime-version: 1.0\n"}) {
        EXPECT_TRUE(looks(text)) << text;
    }
    for (const char* text :
         {"", "\n\n\n", "MZ\x90", "Dear Anna,\n\nhello", "name: x\ndate: today\nsize: 3\n",
          "key: value\n\nmore", "From here\n", "#!/bin/sh\nTo: x\n", "{\"from\": 1}",
          "begin 644 x\nTo: x\nFrom: y\n"}) {
        EXPECT_FALSE(looks(text)) << text;
    }
}

}  // namespace
}  // namespace postern::corpora
