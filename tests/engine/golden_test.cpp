// SPDX-License-Identifier: Apache-2.0
// Every sample message has the verdict that stands beside it. POSTERN_UPDATE_GOLDENS=1 writes them anew.
#include "corpora/samples.h"
#include "tests/engine/scanner_fixture.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace postern::engine::tests {
namespace {


TEST(Golden, EverySampleHasItsVerdict) {
    const Scanner scanner(built_in_set(), patient_limits(), 1);
    const auto samples = corpora::load_samples(samples_folder);
    ASSERT_GE(samples.size(), 60u);
    const bool update = std::getenv("POSTERN_UPDATE_GOLDENS") != nullptr;
    for (const corpora::Sample& sample : samples) {
        const std::string verdict =
            golden(default_policy(), scanner.scan(sample.message));
        if (update) {
            std::ofstream(samples_folder + sample.name + ".verdict", std::ios::binary) << verdict;
            continue;
        }
        EXPECT_EQ(verdict, sample.verdict) << sample.name;
    }
}

TEST(ParallelGolden, AnyNumberOfThreadsGivesTheSame) {
    const auto set = built_in_set();
    const Scanner serial(set, patient_limits(), 1);
    Arena arena(4);
    const Scanner parallel(set, patient_limits(), arena.threads());
    for (const corpora::Sample& sample : corpora::load_samples(samples_folder)) {
        const mime::Message& message = sample.message;
        Verdict verdict;
        arena.run([&] { verdict = parallel.scan(message); });
        EXPECT_EQ(whole(verdict), whole(serial.scan(message))) << sample.name;
    }
}

}  // namespace
}  // namespace postern::engine::tests
