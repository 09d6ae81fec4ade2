// SPDX-License-Identifier: Apache-2.0
// What the whole scanner finds is what clamscan finds, names included, in every content of the suite.
//
// Where clamscan is installed it is asked, once a kind, and the golden file must say the same; elsewhere
// the golden file is the truth. POSTERN_UPDATE_GOLDENS=1 writes it anew, from clamscan's answers. A
// line of it that begins with "made" says which cases the answers are for: a generator that makes
// others on another machine is told from an answer that differs.
// known_differences.txt lists the pairs on which the two differ on purpose, each with its cause; an
// entry that no longer differs fails too.
#include "engine/scanner.h"
#include "tests/engine/scanner_fixture.h"
#include "tests/signatures/conformance/suite.h"
#include "tests/support/places.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

namespace postern::signatures::tests {
namespace {

using Names = std::set<std::string>;
using Answers = std::map<std::string, Names>;  // by content

const std::string folder = postern::tests::source_path("tests/signatures/conformance/");

Answers ours(const Kind& kind) {
    SetBuilder builder;
    for (const auto& [name, text] : kind.sources) builder.add_text(name, text);
    for (const Diagnostic& diagnostic : builder.diagnostics()) {
        if (diagnostic.severity != Severity::warning) ADD_FAILURE() << to_string(diagnostic);
    }
    const engine::Scanner scanner(builder.build(1), engine::tests::patient_limits(), 1);
    Answers answers;
    for (const auto& [name, octets] : kind.contents) {
        const engine::Verdict verdict = scanner.scan_file(mime::Message::own(octets), name);
        for (const engine::Finding& finding : verdict.findings) {
            if (finding.kind == engine::FindingKind::signature) answers[name].insert(finding.name);
        }
    }
    return answers;
}

using Lines = std::vector<std::string>;

// "KIND CONTENT: NAME NAME" for each content in which something is found, and which cases they are.
void tell(const Kind& kind, const Answers& answers, Lines& lines) {
    lines.push_back("made " + made(kind));
    for (const auto& [content, names] : answers) {
        if (names.empty()) continue;
        std::string line = kind.name + ' ' + content + ':';
        for (const std::string& name : names) line += ' ' + name;
        lines.push_back(line);
    }
}

Lines golden_lines() {
    Lines lines;
    std::ifstream file(folder + "golden.txt");
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

// The lines that stand in `these` and not in `those`, the first of them written out.
void expect_within(const Lines& these, const Lines& those, const char* whose) {
    constexpr std::size_t shown = 20;
    const std::set<std::string> known(those.begin(), those.end());
    std::string text;
    std::size_t count = 0;
    for (const std::string& line : these) {
        if (known.contains(line)) continue;
        if (++count <= shown) text += "\n    " + line;
    }
    EXPECT_EQ(count, 0u) << "lines " << whose << " alone has:" << text << (count > shown ? "\n    ..." : "");
}

void compare_with_golden(const Lines& lines) {
    if (std::getenv("POSTERN_UPDATE_GOLDENS")) {
        std::ofstream file(folder + "golden.txt");
        for (const std::string& line : lines) file << line << '\n';
    }
    const Lines golden = golden_lines();
    expect_within(golden, lines, "golden.txt");
    expect_within(lines, golden, "this run");
}

std::map<std::string, Answers> read_golden() {
    std::map<std::string, Answers> golden;
    for (const std::string& line : golden_lines()) {
        if (line.starts_with("made ")) continue;
        std::istringstream words(line);
        std::string kind, content;
        words >> kind >> content;
        if (!content.empty()) content.pop_back();
        for (std::string name; words >> name;) golden[kind][content].insert(name);
    }
    return golden;
}

// "KIND SIGNATURE CONTENT ours|theirs", without the cause that stands behind it.
Names read_known() {
    std::ifstream file(folder + "known_differences.txt");
    Names known;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t cause = line.find(" -- ");
        EXPECT_NE(cause, line.npos) << "no cause stands behind: " << line;
        known.insert(line.substr(0, cause));
    }
    return known;
}

Names differences(const Kind& kind, const Answers& us, const Answers& them) {
    Names found;
    const auto missing = [&](const Answers& from, const Answers& in, const char* who) {
        for (const auto& [content, names] : from) {
            const auto there = in.find(content);
            for (const std::string& name : names) {
                if (there != in.end() && there->second.contains(name)) continue;
                found.insert(kind.name + ' ' + name + ' ' + content + ' ' + who);
            }
        }
    };
    missing(us, them, "ours");
    missing(them, us, "theirs");
    return found;
}

struct Count {
    std::size_t cases = 0, matches = 0, agreed = 0;
    void add(const Count& other) {
        cases += other.cases;
        matches += other.matches;
        agreed += other.agreed;
    }
    void tell(const std::string& name) const {
        std::printf("%-14s %5zu cases: %5zu match, %5zu do not; %5zu agree\n", name.c_str(), cases, matches,
                    cases - matches, agreed);
    }
};

Count count_of(const Kind& kind, const Answers& us, Answers them) {
    Count count;
    Answers mine = us;
    for (const Case& one : kind.cases) {
        const bool theirs = them[one.content].contains(one.signature);
        ++count.cases;
        count.matches += theirs;
        count.agreed += mine[one.content].contains(one.signature) == theirs;
    }
    return count;
}

Answers truth_of(const Kind& kind, const std::map<std::string, Answers>& golden) {
    if (!postern::tests::have_clamscan()) {
        const auto found = golden.find(kind.name);
        return found == golden.end() ? Answers{} : found->second;
    }
    Answers theirs = postern::tests::clamscan(kind.sources, kind.contents);
    EXPECT_TRUE(theirs[""].empty()) << kind.name << ": " << *theirs[""].begin();
    theirs.erase("");
    return theirs;
}

TEST(Conformance, WeFindWhatClamscanFinds) {
    const std::map<std::string, Answers> golden = read_golden();
    const Names known = read_known();
    Names unused = known;
    Lines lines;
    Count all;
    for (const Kind& kind : all_kinds()) {
        const Answers us = ours(kind);
        const Answers them = truth_of(kind, golden);
        for (const std::string& difference : differences(kind, us, them)) {
            EXPECT_TRUE(known.contains(difference)) << difference;
            unused.erase(difference);
        }
        const Count count = count_of(kind, us, them);
        count.tell(kind.name);
        // A kind that always matches, or never does, says nothing.
        EXPECT_GT(count.matches, 0u) << kind.name;
        EXPECT_LT(count.matches, count.cases) << kind.name;
        all.add(count);
        tell(kind, them, lines);
    }
    all.tell("all");
    EXPECT_GE(all.cases, 600u);
    for (const std::string& entry : unused) ADD_FAILURE() << "listed, but there is no difference: " << entry;
    compare_with_golden(lines);
}

// Archives bear no time of day, and no order is left to the compiler: a second later, the same cases.
TEST(Conformance, TheCasesAreTheSameWheneverTheyAreMade) {
    const std::vector<Kind> kinds = all_kinds();
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    const std::vector<Kind> later = all_kinds();
    ASSERT_EQ(kinds.size(), later.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        EXPECT_TRUE(kinds[i].contents == later[i].contents) << "contents of " << kinds[i].name;
        EXPECT_TRUE(kinds[i].sources == later[i].sources) << "signatures of " << kinds[i].name;
    }
}

}  // namespace
}  // namespace postern::signatures::tests
