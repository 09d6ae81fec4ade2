// SPDX-License-Identifier: Apache-2.0
// Generated mail: every decision is the one that its manifest says, for several seeds, and the lines are the
// same for one thread and for two. POSTERN_PLANTED says how many messages of each seed (default 200).
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace postern::tests {
namespace {

using Json = nlohmann::json;

const std::string program = postern::tests::built_path("postern");

std::string messages_wanted() {
    const char* wanted = std::getenv("POSTERN_PLANTED");
    return wanted == nullptr ? "200" : wanted;
}

// Decisions by path below the folder.
std::map<std::string, std::string> decisions(const std::string& lines, const std::string& folder) {
    std::map<std::string, std::string> result;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) {
        const Json json = Json::parse(line);
        std::string path = json["path"];
        if (path.starts_with(folder)) path = path.substr(folder.size() + 1);
        if (path != "manifest.jsonl") result[path] = json["decision"];
    }
    return result;
}

std::string without_seconds(const std::string& lines) {
    std::string result;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) {
        Json json = Json::parse(line);
        json.erase("seconds");
        result += json.dump() + "\n";
    }
    return result;
}

class Planted : public testing::TestWithParam<int> {};

TEST_P(Planted, EveryDecisionIsTheManifests) {
    const TemporaryFolder temporary;
    const std::string folder = temporary.path() / "mail";
    const std::string messages = messages_wanted();
    const std::string bytes = std::to_string(std::stoull(messages) * 60000);
    const CommandResult made = run_command({program, "corpus", "generate", "--messages", messages, "--bytes", bytes,
                                            "--seed", std::to_string(GetParam()), "--out", folder});
    ASSERT_EQ(made.status, 0) << made.errors;
    const CommandResult one = run_command({program, "scan", "--format", "json", "--jobs", "1", folder});
    const CommandResult two = run_command({program, "scan", "--format", "json", "--jobs", "2", folder});
    const auto expected = decisions(read_file(temporary.path() / "mail/manifest.jsonl"), folder);
    EXPECT_EQ(expected.size(), std::stoull(messages));
    EXPECT_EQ(decisions(one.output, folder), expected);
    EXPECT_EQ(without_seconds(one.output), without_seconds(two.output));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Planted, testing::Range(1, 6));

}  // namespace
}  // namespace postern::tests
