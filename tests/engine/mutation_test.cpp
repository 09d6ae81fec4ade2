// SPDX-License-Identifier: Apache-2.0
// Simple damage to every sample: whatever comes of it has a verdict, soon, and the same one twice.
// POSTERN_MUTATIONS says how many of each sample (default 20).
#include "corpora/samples.h"
#include "tests/engine/scanner_fixture.h"

#include <chrono>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

namespace postern::engine::tests {
namespace {

using Random = std::mt19937;

std::size_t pick(Random& random, std::size_t below) { return below == 0 ? 0 : random() % below; }

void flip(std::string& text, Random& random) {
    for (std::size_t n = 1 + pick(random, 8); n > 0 && !text.empty(); --n) {
        text[pick(random, text.size())] ^= static_cast<char>(1u << pick(random, 8));
    }
}

void cut(std::string& text, Random& random) {
    const std::size_t at = pick(random, text.size());
    text.erase(at, 1 + pick(random, text.size() - at));
}

void repeat(std::string& text, Random& random) {
    const std::size_t at = pick(random, text.size());
    const std::string piece = text.substr(at, 1 + pick(random, 2000));
    text.insert(pick(random, text.size()), piece);
}

void join_lines(std::string& text, Random& random) {
    for (std::size_t n = 1 + pick(random, 4); n > 0; --n) {
        const std::size_t at = text.find('\n', pick(random, text.size()));
        if (at == std::string::npos) return;
        const std::size_t from = at > 0 && text[at - 1] == '\r' ? at - 1 : at;
        text.erase(from, at - from + 1);
    }
}

void swap_lines(std::string& text, Random& random) {
    const std::size_t first = text.find('\n', pick(random, text.size()));
    if (first == std::string::npos) return;
    const std::size_t second = text.find('\n', first + 1);
    if (second == std::string::npos) return;
    const std::string line = text.substr(first + 1, second - first);
    text.erase(first + 1, second - first);
    text.insert(0, line);
}

std::string mutated(std::string text, Random& random) {
    constexpr void (*kinds[])(std::string&, Random&) = {flip, cut, repeat, join_lines, swap_lines};
    for (std::size_t n = 1 + pick(random, 3); n > 0; --n) kinds[pick(random, std::size(kinds))](text, random);
    return text;
}

unsigned mutations_wanted() {
    const char* wanted = std::getenv("POSTERN_MUTATIONS");
    return wanted == nullptr ? 20 : static_cast<unsigned>(std::strtoul(wanted, nullptr, 10));
}

// Smaller than a site's, so that a thousand variants of a bomb do not unpack 400 MB each.
Limits small_limits() {
    Limits limits;
    limits.produced_bytes = 32 << 20;
    limits.ratio_from_bytes = 8 << 20;
    return limits;
}

TEST(Mutation, AnyDamageHasAVerdict) {
    const Scanner scanner(built_in_set(), small_limits(), 1);
    const unsigned wanted = mutations_wanted();
    std::size_t scanned = 0;
    for (const auto& sample : corpora::load_samples(samples_folder)) {
        Random random(static_cast<unsigned>(std::hash<std::string>()(sample.name)));
        for (unsigned i = 0; i < wanted; ++i) {
            const auto message = mime::Message::own(mutated(std::string(sample.message.text()), random));
            const auto start = std::chrono::steady_clock::now();
            const Verdict verdict = scanner.scan(message);
            EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << sample.name << " " << i;
            EXPECT_EQ(verdict.message_bytes, message.size());
            if (i % 16 == 0) {
                EXPECT_EQ(whole(verdict), whole(scanner.scan(message))) << sample.name << " " << i;
            }
            ++scanned;
        }
    }
    RecordProperty("scanned", static_cast<int>(scanned));
    EXPECT_GE(scanned, 60u * wanted);
}

}  // namespace
}  // namespace postern::engine::tests
