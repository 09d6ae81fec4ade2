// SPDX-License-Identifier: Apache-2.0
// Running a program as a user does: words in, exit status and both outputs back. No shell in between.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace postern::tests {

struct CommandResult {
    int status = -1;  // exit status; 128 + signal when a signal ended it
    std::string output;
    std::string errors;
};

CommandResult run_command(const std::vector<std::string>& words, std::string_view input = {});

// A folder of its own for one test, removed with it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    std::filesystem::path write(const std::string& name, std::string_view text) const;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);

}  // namespace postern::tests
