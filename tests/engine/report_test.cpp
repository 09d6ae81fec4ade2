// SPDX-License-Identifier: Apache-2.0
// What leaves the engine: verdicts in order, sentences for senders, lines for machines.
#include "engine/report.h"

#include "engine/budget.h"
#include "engine/collector.h"
#include "engine/sentence.h"
#include "engine/utf8.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <thread>

namespace postern::engine {
namespace {

Finding finding(FindingKind kind, std::string name, std::string content, std::uint64_t offset = 0) {
    Finding finding;
    finding.kind = kind;
    finding.name = std::move(name);
    finding.content = std::move(content);
    finding.offset = offset;
    return finding;
}

bool is_utf8(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore) ==
           nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

TEST(Collector, TheOrderOfArrivalDoesNotShow) {
    std::vector<Finding> findings;
    for (const char* name : {"A", "B"}) {
        for (const char* content : {"", "1", "2/x"}) {
            for (std::uint64_t offset : {9U, 3U}) {
                findings.push_back(finding(FindingKind::signature, name, content, offset));
                findings.push_back(finding(FindingKind::defect, name, content, offset));
            }
        }
    }
    findings.push_back(finding(FindingKind::signature, "RawAlone", "", 5));
    std::mt19937 random(3);
    std::vector<Finding> first;
    for (int round = 0; round < 50; ++round) {
        std::shuffle(findings.begin(), findings.end(), random);
        Collector collector(nullptr);
        for (const Finding& one : findings) collector.add(one);
        for (const char* gap : {"b", "a", "b"}) collector.add(Gap{gap, "depth", ""});
        const Verdict verdict = collector.settle();
        if (round == 0) first = verdict.findings;
        EXPECT_EQ(verdict.findings, first);
        EXPECT_EQ(verdict.coverage.gaps.size(), 2U);
    }
    // A and B: as signature and as defect in both contents, as defect in the message itself; the earliest.
    ASSERT_EQ(first.size(), 2U * (2 + 2 + 1) + 1);
    for (const Finding& one : first) EXPECT_EQ(one.offset, one.name == "RawAlone" ? 5U : 3U);
    const auto raw = [](const Finding& one) {
        return one.kind == FindingKind::signature && one.content.empty();
    };
    EXPECT_EQ(std::ranges::count_if(first, raw), 1);
}

TEST(Budget, ManyTasksAtOnceNeverGetMoreThanThereIs) {
    Limits limits;
    limits.produced_bytes = 1'000'000;
    limits.entities = 5'000;
    Budget budget(limits, 1);
    std::atomic<std::uint64_t> granted{0};
    std::atomic<std::uint64_t> entities{0};
    std::vector<std::thread> threads;
    for (unsigned seed = 0; seed < 4; ++seed) {
        threads.emplace_back([&, seed] {
            std::mt19937 random(seed);
            for (int i = 0; i < 5'000; ++i) {
                const std::uint64_t n = random() % 1000;
                if (!budget.produce(n)) {
                    granted += n - n / 2;
                    budget.give_back(n / 2);
                }
                if (!budget.entities(n % 5)) entities += n % 5;
                EXPECT_LE(budget.produced(), limits.produced_bytes);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(budget.produced(), granted.load());
    EXPECT_LE(granted.load(), limits.produced_bytes);
    EXPECT_LE(entities.load(), limits.entities);
    EXPECT_EQ(budget.remaining(), 0U);
    EXPECT_EQ(budget.remaining_entities(), 0U);
}

TEST(Sentence, EveryFindingHasOneThatASenderCanRead) {
    using enum FindingKind;
    for (const FindingKind kind : {signature, FindingKind::file_type, size, encrypted, limit, defect}) {
        for (const char* content : {"", "2", "2/a.zip/b.exe"}) {
            for (const std::string& name : {std::string("pe"), std::string(".exe"), std::string("depth")}) {
                for (const Action action : {Action::hold, Action::defer, Action::reject}) {
                    Finding one = finding(kind, name, content);
                    one.file_name = "evil\r\n250 ok\x01.exe";
                    const std::string sentence = sentence_about(one, action, Limits{});
                    EXPECT_TRUE(sentence.ends_with('.')) << sentence;
                    EXPECT_TRUE(std::ranges::none_of(sentence, [](char c) {
                        return static_cast<unsigned char>(c) < 32;
                    })) << sentence;
                }
            }
        }
    }
}

// A name of any length is cut between characters, whatever their size in UTF-8.
TEST(Sentence, LongNamesAreCutBetweenCharacters) {
    for (const char32_t c : {U'x', U'\u00e9', U'\u20ac', U'\U0001F600'}) {
        for (std::size_t before = 90; before < 104; ++before) {
            std::string name(before, 'a');
            for (int i = 0; i < 20; ++i) append_utf8(c, name);
            Finding one = finding(FindingKind::signature, "V", "2/x");
            one.file_name = name;
            const std::string sentence = sentence_about(one, Action::reject, Limits{});
            EXPECT_TRUE(is_utf8(sentence)) << sentence;
            EXPECT_NE(sentence.find("..."), std::string::npos);
        }
    }
}

TEST(Sentence, NumbersAreGroupedByThousands) {
    for (const std::uint64_t number : {0ULL, 7ULL, 999ULL, 1000ULL, 104857600ULL, ~0ULL}) {
        std::string plain = grouped(number);
        for (std::size_t from_end = 4; from_end <= plain.size(); from_end += 4) {
            EXPECT_FALSE(std::isdigit(static_cast<unsigned char>(plain[plain.size() - from_end])));
        }
        std::erase_if(plain, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) == 0; });
        EXPECT_EQ(plain, std::to_string(number));
    }
}

TEST(Report, AnyOctetsInNamesGiveOneLineOfJson) {
    std::mt19937 random(5);
    for (int round = 0; round < 200; ++round) {
        std::string odd;
        for (int i = 0; i < 12; ++i) odd += static_cast<char>(random() % 256);
        Report report;
        report.path = odd;
        Finding one = finding(FindingKind::signature, odd, odd, 12);
        one.file_name = odd;
        report.decision = {Action::reject, odd, {one}};
        report.verdict.coverage.gaps.push_back({odd, "depth", odd});
        const std::string line = to_json(report);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        const auto json = nlohmann::json::parse(line);
        EXPECT_EQ(json["decision"], "reject");
        EXPECT_EQ(json["findings"][0]["offset"], 12);
        EXPECT_EQ(json["coverage"]["complete"], false);
        EXPECT_FALSE(json.contains("index"));
        EXPECT_FALSE(json.contains("error"));
    }
}

}  // namespace
}  // namespace postern::engine
