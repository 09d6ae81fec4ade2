// SPDX-License-Identifier: Apache-2.0
// What the documents show was run: each `$ command` of their console blocks is run here, in order, by one shell in
// an empty folder, and must print what stands below it. What differs from run to run (generations, times, sizes of
// sets, users) is compared as a word.
//
// POSTERN_UPDATE_GOLDENS=1 writes what was printed into the document: read the diff before you commit it.
#include "tests/support/command.h"
#include "tests/support/places.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include <unistd.h>

namespace postern::tests {
namespace {

struct Step {
    std::string shown;    // the lines of the command as they stand
    std::string command;  // what the shell gets
    std::string output;
};

// The text before a step, and the step; the text behind the last one stands alone.
struct Piece {
    std::string text;
    std::vector<Step> steps;  // of one block
};

std::vector<Piece> read_document(const std::string& path) {
    std::istringstream in(read_file(path));
    std::vector<Piece> pieces(1);
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        const bool begins = line == "```console";
        if (begins || (inside && line == "```")) {
            inside = begins;
            if (!begins) pieces.emplace_back();
        }
        std::vector<Step>& steps = pieces.back().steps;
        if (!inside || begins) {
            pieces.back().text += line + '\n';
        } else if (line.starts_with("$ ")) {
            steps.push_back({line + '\n', line.substr(2) + '\n', {}});
        } else if (line.starts_with(">") && !steps.empty() && steps.back().output.empty()) {
            steps.back().shown += line + '\n';
            steps.back().command += line.substr(std::min<std::size_t>(2, line.size())) + '\n';
        } else if (!steps.empty()) {
            steps.back().output += line + '\n';
        }
    }
    return pieces;
}

// All commands in one shell, so that what one sets up the next one has.
std::vector<std::string> run(const std::vector<Piece>& pieces) {
    const std::string mark = "--- next step of the document ---";
    std::string script = "exec 2>&1\n";
    for (const Piece& piece : pieces) {
        for (const Step& step : piece.steps) script += step.command + "echo '" + mark + "'\n";
    }
    const TemporaryFolder folder;
    const std::string here = folder.path();
    const std::string file = folder.write("script", script);
    std::filesystem::create_directory(here + "/work");
    const std::string programs = std::filesystem::path(built_path("postern")).parent_path();
    const CommandResult result = run_command(
        {"/bin/bash", "-c", "cd '" + here + "/work' && PATH='" + programs + "':$PATH LC_ALL=C bash '" + file + "'"});
    std::vector<std::string> outputs(1);
    std::istringstream in(result.output);
    for (std::string line; std::getline(in, line);) {
        if (line == mark) outputs.emplace_back();
        else outputs.back() += line + '\n';
    }
    outputs.pop_back();
    return outputs;
}

// What another run would print elsewhere is the same word in both.
std::string essence(const std::string& text) {
    static const std::vector<std::pair<std::regex, std::string>> words{
        {std::regex("[0-9a-f]{16,64}"), "GENERATION"},
        {std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z( +[^ \\n]+)?"), "TIME"},  // and who, where that follows
        {std::regex("[0-9]+ octets"), "N octets"},
        {std::regex("[0-9.]+ (s|ms|us)\\b"), "N $1"},
        {std::regex("\\([0-9.]+ MB/s a core\\)"), "(N MB/s a core)"},
    };
    std::string same = text;
    for (const auto& [pattern, word] : words) same = std::regex_replace(same, pattern, word);
    return same;
}

void update(const std::string& path, const std::vector<Piece>& pieces, const std::vector<std::string>& outputs) {
    std::ofstream file(path, std::ios::binary);
    std::size_t number = 0;
    for (const Piece& piece : pieces) {
        file << piece.text;
        for (const Step& step : piece.steps) file << step.shown << outputs[number++];
    }
}

class Documents : public testing::TestWithParam<const char*> {};

TEST_P(Documents, ShowWhatIsPrinted) {
    const std::string path = source_path(GetParam());
    const std::vector<Piece> pieces = read_document(path);
    const std::vector<std::string> outputs = run(pieces);
    std::size_t number = 0, steps = 0;
    for (const Piece& piece : pieces) steps += piece.steps.size();
    ASSERT_GT(steps, 0u);
    ASSERT_EQ(outputs.size(), steps) << "the shell ended early";
    if (std::getenv("POSTERN_UPDATE_GOLDENS") != nullptr) return update(path, pieces, outputs);
    for (const Piece& piece : pieces) {
        for (const Step& step : piece.steps) {
            EXPECT_EQ(essence(outputs[number++]), essence(step.output)) << GetParam() << ": " << step.shown;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Documents, testing::Values("docs/security-team.md", "docs/operators.md"));

}  // namespace
}  // namespace postern::tests
