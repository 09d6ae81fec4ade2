// SPDX-License-Identifier: Apache-2.0
// Sets the findings of two scanners beside each other: pairs of file and signature, whoever found them.
//
//   compare_findings OURS.jsonl THEIRS.txt [EXAMPLES]
//
// OURS: what `postern scan --format json` prints. THEIRS: what clamscan prints, "PATH: NAME FOUND".
// Only files that both name are compared with (a file without a finding is named by ours alone, so
// ours is the list). Differences are grouped by signature, the most frequent first, with EXAMPLES (3)
// files each. Exit status 1 when there are any.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Names = std::set<std::string>;
using Findings = std::map<std::string, Names>;  // by path

bool read_ours(const char* file, Findings& out) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        const auto verdict = nlohmann::json::parse(line, nullptr, false);
        if (!verdict.is_object() || !verdict.contains("path")) return false;
        Names& names = out[verdict["path"].get<std::string>()];
        for (const auto& finding : verdict["findings"]) {
            if (finding["kind"] == "signature") names.insert(finding["name"].get<std::string>());
        }
    }
    return lines.eof();
}

bool read_theirs(const char* file, Findings& out) {
    constexpr std::string_view found = " FOUND";
    constexpr std::string_view unofficial = ".UNOFFICIAL";
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        std::string_view text = line;
        if (!text.ends_with(found)) continue;
        text.remove_suffix(found.size());
        if (text.ends_with(unofficial)) text.remove_suffix(unofficial.size());
        const std::size_t colon = text.rfind(": ");
        if (colon == text.npos) continue;
        out[std::string(text.substr(0, colon))].emplace(text.substr(colon + 2));
    }
    return lines.eof();
}

// Of one signature: the files that one scanner alone found it in.
using Missing = std::map<std::string, std::vector<std::string>>;

class Comparison {
public:
    void add(const std::string& path, const Names& ours, const Names& theirs) {
        ++files_;
        const std::size_t before = different_;
        for (const std::string& name : ours) {
            if (theirs.contains(name)) ++both_;
            else note(only_ours_, name, path);
        }
        for (const std::string& name : theirs) {
            if (!ours.contains(name)) note(only_theirs_, name, path);
        }
        files_that_differ_ += different_ != before;
        files_with_findings_ += !ours.empty() || !theirs.empty();
    }

    void print(std::size_t examples) const {
        std::printf("%zu files, %zu of them with findings; %zu findings of both, %zu of one alone, in %zu files\n",
                    files_, files_with_findings_, both_, different_, files_that_differ_);
        print("only postern", only_ours_, examples);
        print("only clamscan", only_theirs_, examples);
    }
    bool agrees() const { return different_ == 0; }

private:
    void note(Missing& missing, const std::string& name, const std::string& path) {
        missing[name].push_back(path);
        ++different_;
    }

    static void print(const char* who, const Missing& missing, std::size_t examples) {
        std::vector<const Missing::value_type*> rows;
        for (const auto& row : missing) rows.push_back(&row);
        std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
            return a->second.size() > b->second.size();
        });
        for (const auto* row : rows) {
            std::printf("%s: %s in %zu files\n", who, row->first.c_str(), row->second.size());
            for (std::size_t i = 0; i < std::min(examples, row->second.size()); ++i) {
                std::printf("    %s\n", row->second[i].c_str());
            }
        }
    }

    std::size_t files_ = 0;
    std::size_t files_with_findings_ = 0;
    std::size_t files_that_differ_ = 0;
    std::size_t both_ = 0;
    std::size_t different_ = 0;
    Missing only_ours_;
    Missing only_theirs_;
};

}  // namespace

int main(int argc, char** argv) {
    Findings ours;
    Findings theirs;
    if (argc < 3 || argc > 4 || !read_ours(argv[1], ours) || !read_theirs(argv[2], theirs)) {
        std::fprintf(stderr, "usage: compare_findings OURS.jsonl THEIRS.txt [EXAMPLES]\n");
        return 2;
    }
    const std::size_t examples = argc == 4 ? std::stoul(argv[3]) : 3;
    Comparison comparison;
    for (const auto& [path, names] : ours) comparison.add(path, names, theirs[path]);
    comparison.print(examples);
    return comparison.agrees() ? 0 : 1;
}
