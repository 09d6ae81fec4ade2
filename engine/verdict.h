// SPDX-License-Identifier: Apache-2.0
// Verdict: what a scan found out about one message. Facts only; Policy says what to do about them.
//
// Invariants
//  (1) Findings, gaps and contents are sorted, and the same for any number of threads.
//  (2) What was not looked at is a Gap: a verdict without gaps covers everything the message carries.
#pragma once

#include "engine/content.h"
#include "engine/file_type.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern::engine {

enum class FindingKind : std::uint8_t { signature, file_type, size, encrypted, limit, defect };

// "signature", "file-type", ...
std::string_view name_of(FindingKind kind);
// "zip"; what reports say.
std::string_view name_of(Wrapping wrapping);

struct Finding {
    FindingKind kind = FindingKind::signature;
    std::string name;                  // of the signature, type, limit or defect
    std::string content;               // its path: "2/report.zip/q3/setup.exe"; "" is the message itself
    std::uint64_t offset = 0;          // in the content
    std::uint64_t length = 0;          // from there
    std::uint64_t message_offset = 0;  // where in the message, or where what holds it begins
    std::string type;                  // what the content is, "pe"
    std::string file_name;             // the likeliest of its names
    auto operator<=>(const Finding&) const = default;
};

// Something that was not scanned, and why.
struct Gap {
    std::string content;
    std::string reason;  // stable: "encrypted", "produced-bytes", "damaged"
    std::string detail;  // for people
    auto operator<=>(const Gap&) const = default;
};

// A content as policy sees it.
struct ContentFact {
    std::string path;
    std::vector<std::string> names;  // every name a reader could show
    FileType type{};
    Wrapping wrapping = Wrapping::none;
    std::uint64_t size = 0;
    std::uint64_t message_offset = 0;
    auto operator<=>(const ContentFact&) const = default;
};

struct Coverage {
    std::vector<Gap> gaps;
    bool complete() const { return gaps.empty(); }
};

// What a set beside the active one would have found; it decides nothing.
struct Shadow {
    std::string generation;  // empty: there was none
    bool complete = true;    // false: it was not asked to the end, as it took too long
    std::vector<Finding> findings;
};

struct Verdict {
    std::vector<Finding> findings;
    std::vector<ContentFact> contents;  // those that have a name or a type that policies ask about
    Coverage coverage;
    std::string generation;
    Shadow shadow;
    std::uint64_t message_bytes = 0;
};

}  // namespace postern::engine
