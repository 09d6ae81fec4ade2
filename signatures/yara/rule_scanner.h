// SPDX-License-Identifier: Apache-2.0
// RuleScanner: one worker's scratch for the YARA rules of a set.
//
// A content is looked at once, in the calling thread, whatever its size. A content that goes by
// several names is looked at once for each of them when a rule asks for names.
//
// For one thread at a time.
#pragma once

#include "signatures/match.h"
#include "signatures/yara/compiled_rules.h"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace postern::signatures::yara {

// What rules can ask for beside the octets. Octets of NUL in it reach the rules as '?'.
struct RuleFacts {
    std::span<const std::string> names;  // every name it goes by; may be empty
    std::string_view folder;             // of the content: `filepath`
    std::string_view file_type;          // "EXE", "PDF", "ZIP" …: `filetype`
    std::string_view media_type;         // what it is, not what it says: `content_type`
};

struct RuleSubject {
    std::span<const std::byte> bytes;
    RuleFacts facts;
    std::chrono::nanoseconds time{};  // until then rules may run; 0: as long as they like
};

enum class RuleOutcome : std::uint8_t { whole, out_of_time, too_complex, out_of_memory };

struct RuleMatches {
    std::vector<std::size_t> rules;  // numbers of those that match, ascending, each once
    std::vector<Match> matches;  // sorted by offset, then name; the length is that of the match
    RuleOutcome outcome = RuleOutcome::whole;
    std::string_view rule;       // where libyara told which one was too complex
};

class RuleScanner {
public:
    // More names than these are not tried.
    static constexpr std::size_t most_names = 4;

    // Throws std::bad_alloc.
    explicit RuleScanner(std::shared_ptr<const CompiledRules> rules);
    ~RuleScanner();

    // Of each rule that is not private and matches: its lowest match, or the whole content when it
    // has none to show. Nothing when the outcome is not `whole`, as rules can depend on others.
    RuleMatches scan(const RuleSubject& subject);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures::yara
