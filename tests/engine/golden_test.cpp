// SPDX-License-Identifier: Apache-2.0
// Every sample message has the verdict that stands beside it. POSTERN_UPDATE_GOLDENS=1 writes them anew.
#include "tests/engine/scanner_fixture.h"
#include "tests/support/command.h"
#include "tests/support/samples.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace postern::engine::tests {
namespace {

using postern::tests::load_samples;
using postern::tests::Sample;

TEST(Golden, EverySampleHasItsVerdict) {
    const Scanner scanner(built_in_set(), patient_limits(), 1);
    const auto samples = load_samples(POSTERN_SOURCE_DIR);
    ASSERT_GE(samples.size(), 60u);
    const bool update = std::getenv("POSTERN_UPDATE_GOLDENS") != nullptr;
    for (const Sample& sample : samples) {
        const std::string verdict =
            golden(default_policy(), scanner.scan(mime::Message::own(sample.message)));
        if (update) std::ofstream(sample.verdict, std::ios::binary) << verdict;
        EXPECT_EQ(verdict, postern::tests::read_file(sample.verdict)) << sample.name;
    }
}

TEST(ParallelGolden, AnyNumberOfThreadsGivesTheSame) {
    const auto set = built_in_set();
    const Scanner serial(set, patient_limits(), 1);
    Arena arena(4);
    const Scanner parallel(set, patient_limits(), arena.threads());
    for (const Sample& sample : load_samples(POSTERN_SOURCE_DIR)) {
        const auto message = mime::Message::own(sample.message);
        Verdict verdict;
        arena.run([&] { verdict = parallel.scan(message); });
        EXPECT_EQ(whole(verdict), whole(serial.scan(message))) << sample.name;
    }
}

}  // namespace
}  // namespace postern::engine::tests
