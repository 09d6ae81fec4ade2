// SPDX-License-Identifier: Apache-2.0
// LogicMatcher: does a logical signature match one content, and where?
//
// Patterns are counted lazily and each at most once per content, however many signatures share it;
// counting stops where more would change nothing. Regular expressions run only where their trigger
// holds; they are compiled when first needed and kept.
//
// One worker's; not for two threads.
#pragma once

#include "signatures/matcher.h"
#include "signatures/regex.h"
#include "signatures/start_range.h"
#include "signatures/tables.h"

namespace postern::signatures {

// The part of a description that needs no look at the content.
bool admits(const LogicTables& tables, const DescriptionRow& row, const Subject& subject);

class LogicMatcher {
public:
    // REQUIRES: `tables` outlives the matcher.
    explicit LogicMatcher(const SignatureSet::Tables& tables);
    ~LogicMatcher();

    // REQUIRES: the content stays where it is until the last match() about it.
    void begin(const Subject& subject);
    std::optional<Found> match(std::uint32_t signature);

    // Of one subsignature: how often it was found, counted as far as that can matter, and where first.
    // REQUIRES: begin().
    std::uint32_t count(std::uint32_t signature, std::uint8_t subsignature);
    std::optional<Found> where(std::uint32_t signature, std::uint8_t subsignature);

    // Regular expressions that were given up because they took too long.
    std::uint64_t regexes_given_up() const { return runner_.given_up(); }

private:
    class Counts;
    struct Known {
        std::uint32_t epoch = 0;
        std::uint32_t count = 0;
    };

    bool admits_headers(const DescriptionRow& row);
    std::uint32_t count_of(std::uint32_t pattern);
    std::uint32_t count_bodies(const PatternRow& row);
    std::uint32_t count_regex(const PatternRow& row);
    std::uint32_t compare(const CompareRow& row);
    const Regex& regex(std::uint32_t number);
    std::optional<RegexSearch> search_of(const PatternRow& row, std::size_t& base);
    std::optional<Found> where_is(std::uint32_t pattern);
    std::optional<Found> lowest_body(const PatternRow& row);

    const SignatureSet::Tables& tables_;
    const LogicTables& logic_;
    Sweep sweep_;
    RegexRunner runner_;
    std::vector<std::unique_ptr<const Regex>> regexes_;
    std::vector<Known> known_;  // by pattern
    std::uint32_t epoch_ = 0;
    Subject subject_;
    StartRanges ranges_{Octets()};
};

}  // namespace postern::signatures
