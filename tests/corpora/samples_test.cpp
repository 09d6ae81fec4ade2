// SPDX-License-Identifier: Apache-2.0
// The samples are complete, in their form, and harmless as files.
#include "corpora/samples.h"

#include "corpora/generate/look_alikes.h"
#include "tests/corpora/scratch_folder.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace postern::corpora {
namespace {

const std::filesystem::path folder =
    postern::tests::source_path("corpora/samples");

TEST(Samples, EachHasItsVerdictAndEachVerdictItsMessage) {
    const std::vector<Sample> samples = load_samples(folder);
    EXPECT_GE(samples.size(), 60u);
    std::set<std::string> names;
    for (const Sample& sample : samples)
        EXPECT_TRUE(names.insert(sample.name).second) << sample.name;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const bool verdict = entry.path().extension() == ".verdict";
        EXPECT_TRUE(!verdict || names.contains(entry.path().stem().string())) << entry.path();
    }
}

TEST(Samples, VerdictsHaveTheirForm) {
    const std::set<std::string> decisions = {"accept", "reject", "defer", "hold"};
    const std::set<std::string> kinds = {"signature", "file-type", "size",
                                         "encrypted", "limit",     "defect",
                                         "not-scanned"};
    std::set<std::string> decisions_seen;
    for (const Sample& sample : load_samples(folder)) {
        std::istringstream lines(sample.verdict);
        std::string line;
        ASSERT_TRUE(std::getline(lines, line)) << sample.name;
        EXPECT_TRUE(decisions.contains(line)) << sample.name << ": " << line;
        decisions_seen.insert(line);
        while (std::getline(lines, line)) {
            EXPECT_TRUE(kinds.contains(line.substr(0, line.find(' '))))
                << sample.name << ": " << line;
            EXPECT_GE(std::ranges::count(line, ' '), 2) << sample.name << ": " << line;
        }
    }
    EXPECT_GE(decisions_seen.size(), 2u);
}

// What a file-system scanner of a developer's machine would find, and take away, is stored encoded.
TEST(Samples, NoFileOfTheTreeIsDangerousAsItLies) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string text = read_whole(entry.path());
        EXPECT_EQ(text.find(eicar().substr(0, 40)), std::string::npos) << entry.path();
        if (entry.path().extension() != ".eml") continue;
        EXPECT_EQ(text.find("\r\n\r\nTVqQ"), std::string::npos) << entry.path();
        EXPECT_EQ(text.find("WDVPIVAl"), std::string::npos) << entry.path();
    }
}

TEST(Samples, EncodedOnesComeOutDecoded) {
    ScratchFolder scratch;
    scratch.write("b.eml.b64", "RnJvbTog\nYUBiDQo=\n");
    scratch.write("b.verdict", "accept\n");
    scratch.write("a.eml", "To: c\r\n");
    scratch.write("a.verdict", "reject\nsignature X 1\n");
    const auto samples = load_samples(scratch.path());
    ASSERT_EQ(samples.size(), 2u);
    EXPECT_EQ(samples[0].message.text(), "To: c\r\n");
    EXPECT_EQ(samples[0].verdict, "reject\nsignature X 1\n");
    EXPECT_EQ(samples[1].name, "b");
    EXPECT_EQ(samples[1].message.text(), "From: a@b\r\n");
    scratch.write("c.eml", "x");
    EXPECT_THROW(load_samples(scratch.path()), std::system_error) << "no verdict for c";
}

}  // namespace
}  // namespace postern::corpora
