// SPDX-License-Identifier: Apache-2.0
// One run for many signatures and many contents: starting the scanner is what takes the time.
#include "tests/support/clamscan.h"

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace postern::tests {

namespace {

// POSTERN_CLAMSCAN names another one; set to nothing, there is none.
std::string program() {
    const char* named = std::getenv("POSTERN_CLAMSCAN");
    return named ? named : "/usr/bin/clamscan";
}

// "PATH: NAME.UNOFFICIAL FOUND"
bool read_line(std::string_view line, std::string& path, std::string& name) {
    constexpr std::string_view end = " FOUND";
    constexpr std::string_view unofficial = ".UNOFFICIAL";
    if (!line.ends_with(end)) return false;
    line.remove_suffix(end.size());
    const std::size_t colon = line.rfind(": ");
    if (colon == line.npos) return false;
    path = line.substr(0, colon);
    std::string_view found = line.substr(colon + 2);
    if (found.ends_with(unofficial)) found.remove_suffix(unofficial.size());
    name = found;
    return true;
}

}  // namespace

bool have_clamscan() {
    return std::filesystem::exists(program());
}

std::map<std::string, std::set<std::string>> clamscan(const Texts& sources, const Texts& contents,
                                                      const std::vector<std::string>& words) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder.path() / "db");
    std::filesystem::create_directory(folder.path() / "in");
    for (const auto& [name, text] : sources) folder.write("db/" + name, text);
    for (const auto& [name, text] : contents) folder.write("in/" + name, text);
    std::vector<std::string> command{program(), "--allmatch", "--no-summary", "--infected",
                                     "--database=" + (folder.path() / "db").string()};
    command.insert(command.end(), words.begin(), words.end());
    for (const auto& content : contents) {
        command.push_back((folder.path() / "in" / content.first).string());
    }
    const CommandResult result = run_command(command);
    std::map<std::string, std::set<std::string>> found;
    std::istringstream lines(result.output);
    std::string path;
    std::string name;
    for (std::string line; std::getline(lines, line);) {
        if (read_line(line, path, name)) {
            found[std::filesystem::path(path).filename().string()].insert(name);
        }
    }
    if (result.status > 1) found[""].insert(result.errors);
    return found;
}

}  // namespace postern::tests
