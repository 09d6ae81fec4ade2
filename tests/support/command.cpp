// SPDX-License-Identifier: Apache-2.0
#include "tests/support/command.h"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace postern::tests {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "postern-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder: " + name);
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path TemporaryFolder::write(const std::string& name, std::string_view text) const {
    const fs::path path = path_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

namespace {

// The three streams are files, so that neither side ever waits for the other.
[[noreturn]] void become(const std::vector<std::string>& words, const fs::path& folder) {
    const auto attach = [&](const char* name, int flags, int descriptor) {
        dup2(open((folder / name).c_str(), flags, 0600), descriptor);
    };
    attach("input", O_RDONLY, STDIN_FILENO);
    attach("output", O_WRONLY | O_CREAT, STDOUT_FILENO);
    attach("errors", O_WRONLY | O_CREAT, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& words, std::string_view input) {
    const TemporaryFolder folder;
    folder.write("input", input);
    const pid_t child = fork();
    if (child == 0) become(words, folder.path());
    int status = 0;
    waitpid(child, &status, 0);
    CommandResult result;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.output = read_file(folder.path() / "output");
    result.errors = read_file(folder.path() / "errors");
    return result;
}

}  // namespace postern::tests
