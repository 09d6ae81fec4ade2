// SPDX-License-Identifier: Apache-2.0
// The zip reader on archives that lie. What some reader would unpack must come out; what honest writers do
// must not be remarked on.
#include "engine/expand/expander.h"

#include "tests/engine/expanding.h"
#include "tests/engine/zip_builder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace postern::tests {
namespace {

using engine::FileType;
using engine::Limit;
using engine::Limits;
using Kind = engine::expand::Remark::Kind;

const std::string hello = "hello, hello, hello, hello, hello, hello, this is a member";
const std::string other = "another member, another member, and the payload is here";

Collected unzipped(const std::string& zip, const Limits& limits = {}) {
    return expanded(zip, FileType::zip, limits);
}

void expect_honest(const std::string& zip) {
    const Collected got = unzipped(zip);
    ASSERT_EQ(got.members.size(), 2U);
    EXPECT_EQ(got.members[0].bytes, hello);
    EXPECT_EQ(got.members[1].bytes, other);
    EXPECT_EQ(got.members[1].name, "b/two.txt");
    EXPECT_TRUE(got.members[0].complete);
    EXPECT_TRUE(got.remarks.empty()) << got.remarks[0].member << ": " << got.remarks[0].text;
}

std::vector<Entry> honest() { return {entry_of("one.txt", hello), entry_of("b/two.txt", other, 0)}; }

TEST(Zip, HonestArchivesOfEveryKindPassWithoutARemark) {
    expect_honest(zip_of(honest()));
    expect_honest(zip_of(honest(), "a comment"));
    expect_honest(std::string("MZ a program that unpacks itself") + zip_of(honest()));
    expect_honest(zip_of(honest()) + "\r\n");
    expect_honest(zip_of({streamed_entry_of("one.txt", hello), streamed_entry_of("b/two.txt", other)}));
    std::vector<Entry> with_folder = honest();
    with_folder.insert(with_folder.begin(), entry_of("b/", "", 0));
    expect_honest(zip_of(with_folder));
}

TEST(Zip, SizesOf64BitsAreRead) {
    std::vector<Entry> entries = honest();
    for (Header* header : {&entries[0].local, &entries[0].central}) {
        header->extra = little(1, 2) + little(16, 2) + little(header->size, 8) + little(header->packed, 8);
        header->size = header->packed = 0xffffffff;
    }
    expect_honest(zip_of(entries));
    const ZipParts parts = zip_parts(honest());
    const std::string record = std::string("PK\6\6", 4) + little(44, 8) + little(45, 2) + little(45, 2) +
                               little(0, 8) + little(2, 8) + little(2, 8) +
                               little(parts.directory.size(), 8) + little(parts.members.size(), 8);
    const std::string locator =
        std::string("PK\6\7", 4) + little(0, 4) +
        little(parts.members.size() + parts.directory.size(), 8) + little(1, 4);
    std::string end = parts.end;
    end.replace(8, 12, std::string(12, '\xff'));
    expect_honest(parts.members + parts.directory + record + locator + end);
    expect_honest(std::string("prefix") + parts.members + parts.directory + record + locator + end);
}

TEST(Zip, MembersTheDirectoryDoesNotNameAreFound) {
    std::vector<Entry> entries = honest();
    entries[1].in_directory = false;
    const Collected got = unzipped(zip_of(entries));
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.has(other));
    EXPECT_EQ(got.count(Kind::damaged), 1U);
}

TEST(Zip, WithoutADirectoryTheLocalHeadersAreRead) {
    const Collected got = unzipped(zip_parts(honest()).members);
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.has(other));
    EXPECT_GE(got.count(Kind::damaged), 1U);
    const Collected streamed = unzipped(
        zip_parts({streamed_entry_of("one.txt", hello), streamed_entry_of("two.txt", other)}).members);
    EXPECT_TRUE(streamed.has(hello));
    EXPECT_TRUE(streamed.has(other));
}

TEST(Zip, EveryArchiveOfAConcatenationIsOpened) {
    const std::string first = zip_of({entry_of("one.txt", hello)});
    const std::string second = zip_of({entry_of("two.txt", other)});
    const Collected got = unzipped(first + second);
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.has(other));
    EXPECT_EQ(got.count(Kind::damaged), 1U);
}

TEST(Zip, AnArchiveInTheCommentIsOpened) {
    const Collected got = unzipped(zip_of({entry_of("one.txt", hello)}, zip_of({entry_of("two.txt", other)})));
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.has(other));
}

TEST(Zip, LyingSizesDoNotHideTheData) {
    for (const std::uint64_t lie : {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{60'000}, std::uint64_t{0xfffffff0}}) {
        std::vector<Entry> entries = honest();
        entries[0].central.size = entries[0].local.size = lie;
        const Collected got = unzipped(zip_of(entries));
        EXPECT_TRUE(got.has(hello)) << lie;
        EXPECT_TRUE(got.has(other)) << lie;
        EXPECT_GE(got.count(Kind::damaged), 1U) << lie;
    }
}

TEST(Zip, HeadersThatDisagreeAreBothBelieved) {
    std::vector<Entry> entries = honest();
    entries[0].central.method = 0;  // the directory says stored, the data are deflated
    const Collected got = unzipped(zip_of(entries));
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.has(entries[0].data));
    EXPECT_GE(got.count(Kind::damaged), 1U);
}

TEST(Zip, AHiddenMemberInsideAnothersDataIsFound) {
    // The directory's view of the first member covers the second, whose header readers in order meet.
    std::vector<Entry> entries{entry_of("cover.bin", "xx", 0), entry_of("inner.txt", other)};
    const std::size_t inner = zip_parts({entries[1]}).members.size();
    entries[0].central.packed = entries[0].central.size = 2 + inner;
    entries[1].in_directory = false;
    EXPECT_TRUE(unzipped(zip_of(entries)).has(other));
}

TEST(Zip, WhatFollowsTheStreamInsideItsDataIsFound) {
    Entry entry = streamed_entry_of("one.txt", hello);
    entry.data += zip_parts({entry_of("inner.txt", other)}).members;
    entry.central.packed = entry.data.size();
    const Collected got = unzipped(zip_of({entry}));
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.has(other));
    EXPECT_GE(got.count(Kind::damaged), 1U);
}

TEST(Zip, AHeaderInPlaceOfADescriptorIsFound) {
    std::vector<Entry> entries{streamed_entry_of("one.txt", hello), entry_of("inner.txt", "x", 0)};
    entries[0].descriptor.clear();
    entries[1].in_directory = false;
    EXPECT_TRUE(unzipped(zip_of(entries)).has("x"));
}

TEST(Zip, AHeaderBetweenDirectoryAndEndIsFound) {
    const ZipParts parts = zip_parts(honest());
    const Collected got = unzipped(parts.members + parts.directory +
                                   zip_parts({entry_of("inner.txt", "x", 0)}).members + parts.end);
    EXPECT_TRUE(got.has("x"));
    EXPECT_TRUE(got.has(hello));
}

TEST(Zip, BothDirectoriesOfOneEndRecordAreRead) {
    // The record's offset leads to one directory, the place before the record holds another.
    const ZipParts first = zip_parts({entry_of("one.txt", hello)});
    std::vector<Entry> lying{entry_of("one.exe", hello)};
    const ZipParts second = zip_parts(lying);
    std::string end = first.end;
    const Collected got = unzipped(first.members + first.directory + second.directory + end);
    ASSERT_EQ(got.members.size(), 1U);
    const auto& names = got.members[0].other_names;
    EXPECT_TRUE(got.members[0].name == "one.exe" || std::ranges::count(names, "one.exe") == 1);
    EXPECT_TRUE(got.members[0].name == "one.txt" || std::ranges::count(names, "one.txt") == 1);
    EXPECT_GE(got.count(Kind::damaged), 1U);
}

TEST(Zip, AMillionEntriesForOneMemberAreALimit) {
    const ZipParts parts = zip_parts({entry_of("one.txt", hello)});
    std::string directory;
    for (int i = 0; i < 300'000; ++i) directory += parts.directory;
    std::string end = parts.end;
    end.replace(12, 4, little(directory.size(), 4));
    const Collected got = unzipped(parts.members + directory + end);
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.limited_by(Limit::entries));
    EXPECT_LT(got.remarks.size(), 10U);
}

TEST(Zip, StoredAsDeflatedAndDeflatedAsStored) {
    std::vector<Entry> entries = honest();
    entries[0].central.method = entries[0].local.method = 0;
    entries[0].central.size = entries[0].local.size = entries[0].data.size();
    entries[1].central.method = entries[1].local.method = 8;
    const Collected got = unzipped(zip_of(entries));
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.has(other));
}

TEST(Zip, UnknownMethodsThatAreKnownOnesInDisguise) {
    std::vector<Entry> entries = honest();
    entries[0].central.method = entries[0].local.method = 77;
    EXPECT_TRUE(unzipped(zip_of(entries)).has(hello));
    entries[0].data = "neither the one nor the other";
    entries[0].central.packed = entries[0].local.packed = entries[0].data.size();
    const Collected got = unzipped(zip_of(entries));
    EXPECT_EQ(got.count(Kind::unsupported), 1U);
    EXPECT_EQ(got.members.size(), 1U);
}

TEST(Zip, WrongChecksumsAreToldAndTheDataDelivered) {
    std::vector<Entry> entries = honest();
    entries[0].central.crc = entries[0].local.crc = 0x12345678;
    const Collected got = unzipped(zip_of(entries));
    EXPECT_TRUE(got.has(hello));
    EXPECT_GE(got.count(Kind::damaged), 1U);
}

TEST(Zip, EncryptedMembersAreToldByMethod) {
    std::vector<Entry> entries = honest();
    entries[0].central.flags = entries[0].local.flags = 1;
    const Collected got = unzipped(zip_of(entries));
    ASSERT_EQ(got.count(Kind::encrypted), 1U);
    EXPECT_EQ(got.remarks[0].text, "ZipCrypto");
    EXPECT_EQ(got.remarks[0].member, "one.txt");
    EXPECT_FALSE(got.has(hello));
    EXPECT_TRUE(got.has(other));
    entries[0].central.method = entries[0].local.method = 99;
    EXPECT_EQ(unzipped(zip_of(entries)).remarks[0].text, "AES");
}

TEST(Zip, EncryptionThatOneHeaderClaimsIsNotBelieved) {
    for (const bool in_local : {false, true}) {
        std::vector<Entry> entries = honest();
        (in_local ? entries[0].local : entries[0].central).flags = 1;
        const Collected got = unzipped(zip_of(entries));
        EXPECT_TRUE(got.has(hello));
        EXPECT_EQ(got.count(Kind::encrypted), 0U);
        EXPECT_GE(got.count(Kind::damaged), 1U);
    }
}

TEST(Zip, AFolderWithDataIsAMember) {
    std::vector<Entry> entries = honest();
    entries[0].central.name = entries[0].local.name = "folder/";
    EXPECT_TRUE(unzipped(zip_of(entries)).has(hello));
}

TEST(Zip, TwoNamesForOneMemberAreBothKept) {
    std::vector<Entry> entries = honest();
    entries[0].local.name = "one.exe";
    const Collected got = unzipped(zip_of(entries));
    EXPECT_EQ(got.members[0].name, "one.txt");
    EXPECT_EQ(got.members[0].other_names, std::vector<std::string>{"one.exe"});
    EXPECT_GE(got.count(Kind::damaged), 1U);
}

TEST(Zip, ThirtyThousandEmptyMembersTakeLinearTime) {
    std::vector<Entry> entries;
    for (int i = 0; i < 30'000; ++i) entries.push_back(entry_of(numbered("m", i), "", 0));
    Limits limits;
    limits.entries = 100'000;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(unzipped(zip_of(entries), limits).members.size(), 30'000U);
    for (Entry& entry : entries) entry.in_directory = false;
    EXPECT_EQ(unzipped(zip_of(entries), limits).members.size(), 30'000U);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
    EXPECT_TRUE(unzipped(zip_of(entries)).limited_by(Limit::entries));
}

TEST(Zip, BombsStopAtTheBudget) {
    const std::string zeros(20'000'000, '\0');
    std::vector<Entry> entries;
    const Entry bomb = entry_of("z", zeros);
    for (int i = 0; i < 50; ++i) entries.push_back(bomb);
    const auto begin = std::chrono::steady_clock::now();
    Limits limits;
    limits.produced_bytes = 100'000'000;
    limits.ratio = 1'000'000;
    const Collected got = unzipped(zip_of(entries), limits);
    EXPECT_TRUE(got.limited_by(Limit::produced_bytes));
    std::size_t produced = 0;
    for (const Got& member : got.members) produced += member.bytes.size();
    EXPECT_EQ(produced, 100'000'000U);  // to the octet
    limits = Limits{};
    limits.ratio = 10;
    EXPECT_TRUE(unzipped(zip_of(entries), limits).limited_by(Limit::ratio));
    limits.member_bytes = 1'000'000;
    const Collected cut = unzipped(zip_of({entries[0], entry_of("last.txt", hello)}), limits);
    EXPECT_TRUE(cut.limited_by(Limit::member_bytes));
    EXPECT_EQ(cut.members[0].bytes.size(), 1'000'000U);
    EXPECT_FALSE(cut.members[0].complete);
    EXPECT_TRUE(cut.has(hello));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

TEST(Zip, TooDeepIsALimit) {
    EXPECT_TRUE(expanded(zip_of(honest()), FileType::zip, {}, 16).limited_by(Limit::depth));
    EXPECT_TRUE(expanded(zip_of(honest()), FileType::zip, {}, 15).remarks.empty());
}

TEST(Zip, CutAnywhereDeliversWhatCameBefore) {
    const std::string whole = zip_of({entry_of("one.txt", hello), streamed_entry_of("two.txt", other)});
    const std::size_t first = zip_parts({entry_of("one.txt", hello)}).members.size();
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const Collected got = unzipped(whole.substr(0, n));
        EXPECT_TRUE(n < first || got.has(hello)) << n;
        EXPECT_FALSE(got.remarks.empty()) << n;
    }
}

TEST(Zip, CarvedFromAnotherContentWithoutRemarks) {
    std::vector<Entry> entries = honest();
    entries[0].central.crc = entries[0].local.crc = 1;
    const std::string picture = std::string("\x89PNG\r\n\x1a\n and then") + zip_of(entries);
    const Collected got = expanded(picture, FileType::png);
    EXPECT_TRUE(got.has(hello));
    EXPECT_TRUE(got.remarks.empty());
}

TEST(Zip, MutatedArchivesNeverHarm) {
    std::mt19937 random(7);
    const std::string whole = zip_of({entry_of("one.txt", hello), streamed_entry_of("two.txt", other),
                                      entry_of("three", std::string(3000, 'x'), 0)}, "comment");
    for (int round = 0; round < 3000; ++round) {
        std::string zip = whole;
        for (int i = 0; i < 1 + round % 4; ++i) zip[random() % zip.size()] = static_cast<char>(random());
        if (round % 5 == 0) zip.erase(random() % zip.size(), random() % 40);
        unzipped(zip);
    }
}

}  // namespace
}  // namespace postern::tests
