// SPDX-License-Identifier: Apache-2.0
// Regular expressions inside signatures. The only door to PCRE2.
//
// Octets are matched as they are, never as UTF-8. A search is bounded: by a number of steps from
// each start, and by a time for the whole content, asked between stretches of starts.
//
// A compiled Regex is one worker's, as is what it needs to run (RegexRunner).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace postern::signatures {

enum class RegexFlag : std::uint16_t {
    caseless = 1,
    dot_all = 2,
    multiline = 4,
    extended = 8,
    anchored = 16,     // at the offset
    dollar_end = 32,   // $ only at the very end
    ungreedy = 64,
    global = 128,      // every match counts, otherwise one
    rolling = 256,     // may begin behind the offset
    encompass = 512,   // lies between the offset and the offset and shift
};

struct RegexFlags {
    std::uint32_t bits = 0;
    bool has(RegexFlag flag) const { return (bits & static_cast<std::uint32_t>(flag)) != 0; }
    void add(RegexFlag flag) {
        bits |= static_cast<std::uint32_t>(flag);
    }
    bool operator==(const RegexFlags&) const = default;
};

struct RegexError {
    std::string message;
    std::size_t offset = 0;  // in the text of the expression
};

// What is wrong with an expression; nothing: it can be used.
std::optional<RegexError> check_regex(std::string_view text, RegexFlags flags);

class Regex {
public:
    // What check_regex() refuses finds nothing.
    Regex(std::string_view text, RegexFlags flags);
    ~Regex();
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;

private:
    friend class RegexRunner;
    struct State;
    std::unique_ptr<State> state_;
};

// Where a search begins and how far it may go. A match begins at `first` to `last` (inclusive); one
// that is anchored, at `first`.
struct RegexSearch {
    std::span<const std::byte> content;  // a regex sees nothing outside, not even behind it
    std::size_t first = 0;
    std::size_t last = 0;
    bool anchored = false;
};

struct RegexMatch {
    std::size_t begin = 0;
    std::size_t end = 0;
};

class RegexRunner {
public:
    RegexRunner();
    ~RegexRunner();
    RegexRunner(RegexRunner&&) noexcept;

    // All searches of one content together may compute for so long, on one thread.
    // REQUIRES: begin_content() is called on the thread that searches.
    static constexpr std::chrono::milliseconds longest{3000};
    void begin_content();
    // The first match. A search that has no time left, or takes too many steps from one start,
    // finds nothing, and given_up() counts it.
    std::optional<RegexMatch> find(const Regex& regex, const RegexSearch& search);
    std::uint64_t given_up() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace postern::signatures
