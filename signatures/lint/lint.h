// SPDX-License-Identifier: Apache-2.0
// Lint: what is doubtful in signature sources before anybody uses them.
//
// Sources are read twice: by SetBuilder, which tells what it would tell at load, and line by line,
// so that each body and logical signature keeps its place in its file. Doubts are warnings, since
// the signature works: it is dear, or does nothing that another does not do already.
//
// Invariants
//  (1) What is told of a signature follows from the sources and what was measured alone; it comes in
//      the order of files and lines.
//  (2) Work is linear in the sources, but for one binary search an octet (shadows.h).
//
// What lies in containers, and YARA rules, are checked for what SetBuilder says and no more.
// For one thread at a time.
#pragma once

#include "signatures/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures {

struct LintFinding {
    // "load" for what SetBuilder says; "slow", "short", "common", "same-body", "same-name",
    // "ignored", "shadowed".
    std::string_view check;
    Diagnostic diagnostic;
};

// What a signature is to cost.
struct LintCost {
    std::string name;
    std::string file;
    std::size_t line = 0;
    double hits = 0;  // of its literals in a MiB: as measured, else by the model of octet pairs
    double cost = 0;  // of these, times the elements to be compared behind each
};

struct LintReport {
    std::vector<LintFinding> findings;
    std::vector<LintCost> costs;      // of body and logical signatures, the dearest first
    std::uint64_t measured_octets = 0;  // 0: hits are the model's
    std::size_t count(Severity severity) const;
};

class Linter {
public:
    Linter();
    ~Linter();

    // A file, or every signature file of a folder, as SetBuilder takes it.
    void add_path(const std::filesystem::path& path);

    // Counts literals in a content that is to be expected in mail. REQUIRES: all paths were added.
    // Throws std::bad_alloc, std::runtime_error as LiteralDatabase does.
    void measure(std::span<const std::byte> content);

    // REQUIRES: called once, at the end.
    LintReport finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
