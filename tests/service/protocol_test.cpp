// SPDX-License-Identifier: Apache-2.0
// Dialogues without sockets. Each is played whole, octet by octet, and cut at random: what is to be
// done must be the same, since nobody promises where a packet ends. Bare commands alone are what
// came in one packet.
#include "engine/service/protocol.h"

#include "tests/service/running_scand.h"

#include <random>

namespace postern::engine::service {
namespace {

constexpr std::uint64_t most_stream = 1000;

// A dialogue's text, and where descriptors come with it ('\x01' stands for an octet that carries
// one).
struct Played {
    std::string steps;
    bool closed = false;
};

std::string visible(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\0')
            out += "\\0";
        else if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

std::string mark_text(const Mark& mark) {
    const char* forms[] = {"b", "n", "z"};
    return std::to_string(mark.number) + forms[static_cast<std::size_t>(mark.form)];
}

struct Writer {
    Played& played;
    bool in_stream = false;

    void add(const std::string& text) { played.steps += text + ";"; }
    void operator()(const step::NeedInput&) {}
    void operator()(const step::Query& one) {
        add(std::string(name_of(one.verb)) + " " + mark_text(one.mark));
    }
    void operator()(const step::ScanPath& one) {
        add(std::string(name_of(one.verb)) + " " + mark_text(one.mark) + " <" + visible(one.path) +
            ">");
    }
    void operator()(const step::ScanDescriptor& one) {
        add(std::string(name_of(one.verb)) + " " + mark_text(one.mark) + " descriptor" +
            options(one.options));
    }
    void operator()(const step::StreamBegin& one) {
        add(std::string(name_of(one.verb)) + " " + mark_text(one.mark) + " stream" +
            options(one.options));
        played.steps += "[";
    }
    void operator()(const step::StreamOctets& one) {
        played.steps.append(reinterpret_cast<const char*>(one.octets.data()), one.octets.size());
    }
    void operator()(const step::StreamEnd&) { add("]"); }
    void operator()(const step::StreamTooLong&) { add("too long"); }
    void operator()(const step::Say& one) {
        if (!one.octets.empty()) add("say " + visible(one.octets));
    }
    void operator()(const step::Close& one) {
        add("close" + (one.reason.empty() ? "" : " " + one.reason));
        played.closed = true;
    }
    static std::string options(const VerdictOptions& of) {
        std::string text;
        if (of.as != As::detect) text += of.as == As::message ? " message" : " file";
        if (!of.name.empty()) text += " name=" + visible(of.name);
        if (!of.id.empty()) text += " id=" + of.id;
        return text;
    }
};

// `cuts`: sizes of the packets, the last one for all that is left. Ends the input unless it is
// closed before.
Played play(const std::string& dialogue, std::vector<std::size_t> cuts) {
    Played played;
    Writer write{played};
    Protocol protocol(most_stream);
    std::string_view left = dialogue;
    for (std::size_t packet = 0; !left.empty() && !played.closed; ++packet) {
        const std::size_t size =
            std::min(left.size(), packet < cuts.size() ? cuts[packet] : cuts.back());
        std::string octets(left.substr(0, size));
        left.remove_prefix(size);
        for (char& c : octets) {
            if (c == '\1') protocol.give(Descriptor(::dup(0)));
        }
        std::span<const std::byte> input = std::as_bytes(std::span(octets));
        for (bool more = true; more && !played.closed;) {
            const Step step = protocol.next(input);
            more = !std::holds_alternative<step::NeedInput>(step);
            std::visit(write, step);
        }
        EXPECT_TRUE(played.closed || input.empty());
    }
    if (!played.closed) std::visit(write, protocol.end_of_input());
    return played;
}

struct Dialogue {
    std::string said;
    std::string steps;
};

std::vector<Dialogue> dialogues() {
    const std::string nul(1, '\0');
    const std::string session = z("IDSESSION");
    const std::string invalid = "Command invalid inside IDSESSION. ERROR";
    std::vector<Dialogue> all{
        {"", "close;"},
        {z(""), "say UNKNOWN COMMAND\\0;close;"},
        {"n\n", "say UNKNOWN COMMAND\\n;close;"},
        {"nPING\r\n", "PING 0n;close;"},
        {z("PING") + z("PING"), "PING 0z;close;"},
        {"zPING\n", "close ended in the middle of a command;"},
        {"zPI", "close ended in the middle of a command;"},
        {z("PING x"), "say UNKNOWN COMMAND\\0;close;"},
        {z("PING "), "say UNKNOWN COMMAND\\0;close;"},
        {z("ping"), "say UNKNOWN COMMAND\\0;close;"},
        {z("zPING"), "say UNKNOWN COMMAND\\0;close;"},
        {z("END"), "say UNKNOWN COMMAND\\0;close;"},
        {z("SCAN"), "say UNKNOWN COMMAND\\0;close;"},
        {z("SCAN "), "SCAN 0z <>;close;"},
        {z("SCAN /a b"), "SCAN 0z </a b>;close;"},
        {z("SCAN /a\nb"), "SCAN 0z </a\\nb>;close;"},
        {"nSCAN /a\n", "SCAN 0n </a>;close;"},
        {z("CONTSCAN /a"), "CONTSCAN 0z </a>;close;"},
        {z("MULTISCAN /a"), "MULTISCAN 0z </a>;close;"},
        {z("ALLMATCHSCAN /a"), "ALLMATCHSCAN 0z </a>;close;"},
        {z("SHUTDOWN"), "SHUTDOWN 0z;close;"},
        {z("RELOAD"), "RELOAD 0z;close;"},
        {z("READY"), "READY 0z;close;"},
        {z(std::string(5000, 'A')), "close command too long;"},
        {"z" + std::string(9000, 'A'), "close command too long;"},
        {z("INSTREAM") + stream_of("abc"), "INSTREAM 0z stream;[abc];close;"},
        {z("INSTREAM") + chunk("abc") + chunk("de") + stream_of("f"),
         "INSTREAM 0z stream;[abcdef];close;"},
        {z("INSTREAM") + chunk(""), "INSTREAM 0z stream;[];close;"},
        {z("INSTREAM"), "INSTREAM 0z stream;[close ended in the middle of a command;"},
        {z("INSTREAM") + chunk("abc"),
         "INSTREAM 0z stream;[abcclose ended in the middle of a command;"},
        {z("INSTREAM") + "\xff\xff\xff\xff", "INSTREAM 0z stream;[too long;close stream too long;"},
        {z("INSTREAM") + stream_of(std::string(most_stream, 'x')),
         "INSTREAM 0z stream;[" + std::string(most_stream, 'x') + "];close;"},
        {z("INSTREAM") + chunk(std::string(most_stream, 'x')) + chunk("y"),
         "INSTREAM 0z stream;[" + std::string(most_stream, 'x') +
             "too long;close stream too long;"},
        {z("INSTREAM 5"), "say UNKNOWN COMMAND\\0;close;"},
        {z("FILDES") + "\1", "FILDES 0z descriptor;close;"},
        {z("FILDES") + nul, "say No file descriptor received. ERROR\\0;close;"},
        {z("FILDES"), "close ended in the middle of a command;"},
        {session + z("END"), "close;"},
        {session + z("END") + z("PING"), "close;"},
        {session, "close;"},
        {session + z("PING") + z("VERSION") + z("END"), "PING 1z;VERSION 2z;close;"},
        {session + "nPING\n" + z("END"), "PING 1n;close;"},
        {"nIDSESSION\nnPING\nnEND\n", "PING 1n;close;"},
        {session + z("FOO") + z("PING"), "say 1: " + invalid + "\\0;close;"},
        {session + z("PING") + z("IDSESSION"), "PING 1z;say 2: " + invalid + "\\0;close;"},
        {session + z("RELOAD"), "say 1: " + invalid + "\\0;close;"},
        {session + z("CONTSCAN /a"), "say 1: " + invalid + "\\0;close;"},
        {session + z("MULTISCAN /a"), "say 1: " + invalid + "\\0;close;"},
        {session + z("ALLMATCHSCAN /a"), "say 1: " + invalid + "\\0;close;"},
        {session + z("SHUTDOWN"), "say 1: " + invalid + "\\0;close;"},
        {session + "PING\n", "say 1: " + invalid + "\\0;close;"},
        {session + z("SCAN /a") + z("SCAN /b"), "SCAN 1z </a>;SCAN 2z </b>;close;"},
        {session + z("INSTREAM") + stream_of("ab") + z("INSTREAM") + stream_of("cd") + z("PING") +
             z("END"),
         "INSTREAM 1z stream;[ab];INSTREAM 2z stream;[cd];PING 3z;close;"},
        {session + z("FILDES") + "\1" + z("FILDES") + "\1" + z("END"),
         "FILDES 1z descriptor;FILDES 2z descriptor;close;"},
        {z("VERDICT FILDES") + "\1", "VERDICT 0z descriptor;close;"},
        {z("VERDICT FILDES as=file name=a%20b%00c id=Q-1") + "\1",
         "VERDICT 0z descriptor file name=a b\\0c id=Q-1;close;"},
        {z("VERDICT INSTREAM as=message") + stream_of("x"), "VERDICT 0z stream message;[x];close;"},
        {"nVERDICT INSTREAM name=%41\n" + stream_of("x"), "VERDICT 0n stream name=A;[x];close;"},
    };
    for (const std::string word :
         {"PING", "VERSION", "VERSIONCOMMANDS", "STATS", "RELOAD", "SHUTDOWN", "READY"}) {
        all.push_back({z(word), word + " 0z;close;"});
        all.push_back({"n" + word + "\n", word + " 0n;close;"});
        all.push_back({z(word + "X"), "say UNKNOWN COMMAND\\0;close;"});
        all.push_back({"n" + word + " x\n", "say UNKNOWN COMMAND\\n;close;"});
        if (!fits_session(understand(word, Form::ended_by_nul).command->verb)) continue;
        all.push_back({session + z(word) + z(word), word + " 1z;" + word + " 2z;close;"});
    }
    return all;
}

TEST(Protocol, ADialogueIsTheSameHoweverItIsCut) {
    std::mt19937 random(7);
    std::size_t played = 0;
    for (const Dialogue& dialogue : dialogues()) {
        SCOPED_TRACE(visible(dialogue.said).substr(0, 200));
        // Where a session's last words are wrong, what lies behind them in the same packet is not
        // looked at.
        EXPECT_EQ(play(dialogue.said, {dialogue.said.size() + 1}).steps, dialogue.steps);
        EXPECT_EQ(play(dialogue.said, {1}).steps, dialogue.steps);
        for (int i = 0; i < 5; ++i) {
            std::vector<std::size_t> cuts;
            for (int j = 0; j < 20; ++j) cuts.push_back(1 + random() % 9);
            EXPECT_EQ(play(dialogue.said, cuts).steps, dialogue.steps);
            ++played;
        }
    }
    EXPECT_GE(played, 300u);
}

TEST(Protocol, ABareCommandIsWhatCameInOnePacket) {
    const std::vector<Dialogue> bare{
        {"PING", "PING 0b;close;"},
        {"PING\n", "PING 0b;close;"},
        {"PING\r\n", "PING 0b;close;"},
        {std::string("PING\0", 5), "PING 0b;close;"},
        {std::string("PING\0\n", 6), "PING 0b;close;"},
        {" PING\n", "say UNKNOWN COMMAND\\n;close;"},
        {"PING \n", "say UNKNOWN COMMAND\\n;close;"},
        {"\n", "say UNKNOWN COMMAND\\n;close;"},
        {"VERSION", "VERSION 0b;close;"},
        {"RELOAD\n", "RELOAD 0b;close;"},
        {"SCAN /a\r\n", "SCAN 0b </a>;close;"},
        {"ALLMATCHSCAN /a\n", "ALLMATCHSCAN 0b </a>;close;"},
        {"STATS\n", "say UNKNOWN COMMAND\\n;close;"},
        {"INSTREAM\n" + stream_of("x"), "say UNKNOWN COMMAND\\n;close;"},
        {"IDSESSION\n", "say UNKNOWN COMMAND\\n;close;"},
        {"VERDICT INSTREAM\n", "say UNKNOWN COMMAND\\n;close;"},
        {"FILDES\n\1", "FILDES 0b descriptor;close;"},
    };
    for (const Dialogue& one : bare) {
        EXPECT_EQ(play(one.said, {one.said.size() + 1}).steps, one.steps) << visible(one.said);
    }
    EXPECT_EQ(play("PING\n", {2}).steps, "say UNKNOWN COMMAND\\n;close;");
}

TEST(Protocol, WhatIsWrongWithAVerdictIsSaidAsAVerdict) {
    for (const std::string options :
         {"", " ", " FOO", " FILDES as=x", " FILDES name=%4", " FILDES name=%zz",
          " INSTREAM id=", " INSTREAM id=a\"b", " INSTREAM what=1", " INSTREAM  as=file"}) {
        const std::string steps = play(z("VERDICT" + options), {1}).steps;
        if (options.empty()) {
            EXPECT_EQ(steps, "say UNKNOWN COMMAND\\0;close;");
            continue;
        }
        EXPECT_TRUE(steps.starts_with("say {\"path\":")) << options << steps;
        EXPECT_NE(steps.find("\"decision\":\"defer\""), steps.npos);
        EXPECT_NE(steps.find("\"unreadable\""), steps.npos);
        EXPECT_TRUE(steps.ends_with("close;"));
    }
}

TEST(Protocol, NoMoreDescriptorsAreKeptThanAnybodySends) {
    Protocol protocol(most_stream);
    for (int i = 0; i < 17; ++i) protocol.give(Descriptor(::dup(0)));
    std::span<const std::byte> none;
    const Step step = protocol.next(none);
    ASSERT_TRUE(std::holds_alternative<step::Close>(step));
    EXPECT_EQ(std::get<step::Close>(step).reason, "too many descriptors");
}

// Octets of every kind: the machine always comes to an end of its steps, and never keeps more than
// a command.
TEST(Protocol, NoiseIsHarmless) {
    std::mt19937 random(11);
    const std::string words[] = {z("IDSESSION"),
                                 z("INSTREAM"),
                                 z("FILDES"),
                                 "\1",
                                 "nSCAN /x\n",
                                 chunk("abc"),
                                 chunk(""),
                                 "VERDICT ",
                                 "z",
                                 std::string(1, '\0'),
                                 "\n",
                                 "\xff\xff",
                                 z("VERDICT FILDES id=1")};
    for (int round = 0; round < 3000; ++round) {
        std::string noise;
        for (auto i = random() % 12; i > 0; --i) noise += words[random() % std::size(words)];
        const Played whole = play(noise, {1 + random() % 64});
        EXPECT_TRUE(whole.closed);
    }
}

}  // namespace
}  // namespace postern::engine::service
