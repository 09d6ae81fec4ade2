// SPDX-License-Identifier: Apache-2.0
// Packets between our processes, and what is in them: whatever a worker says, nothing is read
// beyond its octets and nothing is believed that a client must not be told.
#include "engine/service/packet.h"
#include "engine/service/request.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace postern::engine::service {
namespace {

Request a_request() {
    return {7, As::file, std::string("a\nb\0c", 5), true};
}

Answer an_answer() {
    Answer answer;
    answer.decision = Action::reject;
    answer.reason = "It holds a program.";
    answer.found = {"Eicar-Signature", "Policy.FileType.PE"};
    answer.not_scanned = {"encrypted"};
    answer.generation = "00ff";
    answer.bytes = 12345;
    answer.json = R"({"path":"x"})";
    return answer;
}

TEST(Packet, ComesWholeWithItsDescriptors) {
    auto [one, other] = packet_pair();
    const Descriptor file(::memfd_create("test", MFD_CLOEXEC));
    ASSERT_EQ(::write(file.get(), "octets", 6), 6);
    ASSERT_TRUE(send_packet(one.get(), "first", std::array{file.get(), file.get()}));
    ASSERT_TRUE(send_packet(one.get(), std::string(most_packet_octets, 'x')));
    Packet packet;
    ASSERT_EQ(receive_packet(other.get(), packet, Waiting::no), Received::packet);
    EXPECT_EQ(packet.octets, "first");
    ASSERT_EQ(packet.descriptors.size(), 2u);
    EXPECT_NE(::fcntl(packet.descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
    std::array<char, 6> octets{};
    EXPECT_EQ(::pread(packet.descriptors[1].get(), octets.data(), 6, 0), 6);
    ASSERT_EQ(receive_packet(other.get(), packet, Waiting::no), Received::packet);
    EXPECT_EQ(packet.octets, std::string(most_packet_octets, 'x'));
    EXPECT_TRUE(packet.descriptors.empty());
    EXPECT_EQ(receive_packet(other.get(), packet, Waiting::no), Received::nothing);
    one.close();
    EXPECT_EQ(receive_packet(other.get(), packet, Waiting::no), Received::closed);
}

TEST(Packet, AFullQueueIsSaidAndNotWaitedFor) {
    auto [one, other] = packet_pair();
    const std::string octets(most_packet_octets / 2, 'x');
    int sent = 0;
    while (sent < 100'000 && send_packet(one.get(), octets, {}, Waiting::no)) ++sent;
    EXPECT_GT(sent, 0);
    EXPECT_LT(sent, 100'000);
    EXPECT_TRUE(errno == EAGAIN || errno == EWOULDBLOCK);
    other.close();
    EXPECT_FALSE(send_packet(one.get(), octets, {}, Waiting::no));
}

TEST(Packer, WhatIsPackedIsUnpacked) {
    const std::string octets = Packer().number(~0ull).text("a text").texts({"", "b"}).take();
    Unpacker from(octets);
    EXPECT_EQ(from.number(), ~0ull);
    EXPECT_EQ(from.text(), "a text");
    EXPECT_EQ(from.texts(), (std::vector<std::string>{"", "b"}));
    EXPECT_TRUE(from.good());
    EXPECT_EQ(from.rest(), "");
    EXPECT_EQ(from.number(), 0u);
    EXPECT_FALSE(from.good());
}

TEST(Packer, LengthsThatLieGiveNothing) {
    const std::string cut = Packer().number(1'000'000).take() + "short";
    Unpacker text(cut);
    EXPECT_EQ(text.text(), "");
    EXPECT_FALSE(text.good());
    const std::string many = Packer().number(~0ull).text("a").take();
    Unpacker texts(many);
    EXPECT_LE(texts.texts().size(), 2u);
    EXPECT_FALSE(texts.good());
}

TEST(Request, ComesBackAsItWas) {
    const auto request = unpack_request(pack(a_request()));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->ticket, 7u);
    EXPECT_EQ(request->as, As::file);
    EXPECT_EQ(request->name, a_request().name);
    EXPECT_TRUE(request->wants_json);
}

TEST(Answer, ComesBackAsItWas) {
    const auto answer = unpack_answer(pack(an_answer()));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->decision, Action::reject);
    EXPECT_EQ(answer->reason, an_answer().reason);
    EXPECT_EQ(answer->found, an_answer().found);
    EXPECT_EQ(answer->not_scanned, an_answer().not_scanned);
    EXPECT_EQ(answer->generation, "00ff");
    EXPECT_EQ(answer->bytes, 12345u);
    EXPECT_EQ(answer->json, an_answer().json);
}

TEST(Answer, WhatNoWorkerOfOursSaysIsNone) {
    const auto taken = [](auto change) {
        Answer answer = an_answer();
        change(answer);
        return unpack_answer(pack(answer)).has_value();
    };
    EXPECT_TRUE(taken([](Answer&) {}));
    EXPECT_FALSE(taken([](Answer& a) { a.found = {"two words"}; }));
    EXPECT_FALSE(taken([](Answer& a) { a.found = {"x FOUND\nstream: OK"}; }));
    EXPECT_FALSE(taken([](Answer& a) { a.found = {""}; }));
    EXPECT_FALSE(taken([](Answer& a) { a.json = "{\n}"; }));
    EXPECT_FALSE(taken([](Answer& a) { a.json = std::string("{\0}", 3); }));
    EXPECT_FALSE(taken([](Answer& a) { a.error = "no\nline"; }));
    EXPECT_FALSE(taken([](Answer& a) { a.decision = static_cast<Action>(77); }));
}

// Cut off anywhere, and with any octet another one: an answer that may be told, or none.
TEST(Answer, DamagedOnesAreReadWithoutHarm) {
    const std::string whole = pack(an_answer());
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(unpack_answer(std::string_view(whole).substr(0, size))) << size;
    std::mt19937 random(9);
    for (int i = 0; i < 20'000; ++i) {
        std::string octets = whole;
        octets[random() % octets.size()] = static_cast<char>(random());
        const auto answer = unpack_answer(octets);
        if (!answer) continue;
        for (const std::string& name : answer->found)
            EXPECT_EQ(name.find_first_of(" \n\r\t"), name.npos);
        EXPECT_EQ(answer->json.find('\n'), answer->json.npos);
    }
}

}  // namespace
}  // namespace postern::engine::service
