// SPDX-License-Identifier: Apache-2.0
// Unpacking looks at the clock, however large the piece that a library would like to do at once.
#include "engine/expand/decoder.h"
#include "engine/expand/one_shot.h"

#include "tests/engine/expanding.h"
#include "tests/engine/zip_builder.h"
#include "tests/support/archive_writer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace postern::tests {
namespace {

using engine::Limit;
using std::chrono::milliseconds;

engine::Limits with_time(milliseconds time) {
    engine::Limits limits;
    limits.produced_bytes = limits.member_bytes = limits.ratio_from_bytes = std::uint64_t{1} << 40;
    limits.time = time;
    return limits;
}

TEST(ExpandTime, OneShotIsForWhatEndsSoon) {
    for (const std::size_t size : {std::size_t{1} << 20, std::size_t{32} << 20, (std::size_t{32} << 20) + 1}) {
        const std::string packed = deflated(std::string(size, '\0'));
        engine::Budget budget(with_time(milliseconds(60'000)), packed.size());
        engine::expand::Production out(budget);
        const bool small = size <= std::size_t{32} << 20;
        EXPECT_EQ(engine::expand::OneShot().inflate(octets(packed), size, out), small) << size;
        EXPECT_EQ(out.bytes().size(), small ? size : 0U);
        EXPECT_EQ(budget.produced(), small ? size : 0U);
        EXPECT_FALSE(out.refused());
    }
}

TEST(ExpandTime, AnInflaterStopsWithinAPiece) {
    const std::string packed = deflated(std::string(64 << 20, '\0'));
    engine::Budget budget(with_time(milliseconds(1)), packed.size());
    std::this_thread::sleep_for(milliseconds(5));
    engine::expand::Production out(budget);
    const auto decoder = engine::expand::make_inflater(engine::expand::Framing::raw);
    engine::expand::run(*decoder, octets(packed), out);
    EXPECT_EQ(out.refused(), Limit::time);
    EXPECT_LE(out.bytes().size(), 262144U);
}

struct Counting : engine::expand::Sink {
    void member(engine::expand::Member member) override { produced += member.bytes.size(); }
    void remark(engine::expand::Remark remark) override {
        timed_out = timed_out || remark.limit == Limit::time;
    }
    std::uint64_t produced = 0;
    bool timed_out = false;
};

std::string bomb_of_large_members(int members, std::size_t size) {
    const Entry first = entry_of("0", std::string(size, '\0'));
    std::vector<Entry> entries;
    for (int i = 0; i < members; ++i) {
        entries.push_back(first);
        entries.back().local.name = entries.back().central.name = std::to_string(i);
    }
    return zip_of(entries);
}

Counting expanded_within(milliseconds time, milliseconds waited, const std::string& zip) {
    engine::Budget budget(with_time(time), zip.size());
    std::this_thread::sleep_for(waited);
    engine::Content content;
    content.bytes = octets(zip);
    Counting sink;
    engine::expand::expand(content, engine::FileType::zip, budget, sink);
    return sink;
}

// How long a machine takes for a member is not this test's to say: a clock that has run out before the first
// one must end all of them within a piece, one that runs out between them must leave the rest.
TEST(ExpandTime, ABombOfLargeMembersEndsWithItsTime) {
    constexpr std::size_t size = 64 << 20;
    const std::string zip = bomb_of_large_members(40, size);
    const Counting late = expanded_within(milliseconds(1), milliseconds(5), zip);
    EXPECT_TRUE(late.timed_out);
    EXPECT_LE(late.produced, 262144U);

    const Counting cut = expanded_within(milliseconds(60), milliseconds(0), zip);
    // A machine so fast that it is through in time has nothing to be stopped at.
    EXPECT_NE(cut.timed_out, cut.produced == 40 * std::uint64_t{size});
}

// What a member limit cuts is passed over; in a solid archive that is as much work as unpacking it.
TEST(ExpandTime, BehindAMemberThatIsTooLargeTheNextOneIsRead) {
    const std::string large(8 << 20, 'x');
    for (const char* format : {"7zip", "ustar"}) {
        const std::string archive = archive_of(format, {{"large", large}, {"small", "hello"}});
        engine::Limits limits = with_time(milliseconds(60'000));
        limits.member_bytes = 1 << 20;
        const auto type = std::string_view(format) == "7zip" ? engine::FileType::seven_zip : engine::FileType::tar;
        const Collected got = expanded(archive, type, limits);
        EXPECT_TRUE(got.limited_by(Limit::member_bytes)) << format;
        ASSERT_EQ(got.members.size(), 2U) << format;
        EXPECT_EQ(got.members[0].bytes.size(), limits.member_bytes);
        EXPECT_TRUE(got.has("hello")) << format;
    }
}

}  // namespace
}  // namespace postern::tests
