// SPDX-License-Identifier: Apache-2.0
// The boundaries in force at one place of a message, and the search for their delimiter lines.
//
// A delimiter line is "--", a boundary, "--" if it closes, and blanks (RFC 2046 section 5.1.1). The
// line end before it belongs to it. An outer boundary ends inner parts, so all that are open are
// looked for.
#pragma once

#include "mime/range.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::mime {

struct Delimiter {
    std::size_t begin;  // of the line
    std::size_t end;    // of the line, behind its line end
    std::size_t level;  // which boundary: 0 is the outermost
    bool closes;
};

// For one thread at a time; the octets outlive it.
class Boundaries {
public:
    explicit Boundaries(std::string_view text) : text_(text) {}

    void push(std::string boundary);
    void pop();
    std::size_t size() const { return open_.size(); }
    bool empty() const { return open_.empty(); }

    // The delimiter that the line beginning at `line` is, if it is one.
    std::optional<Delimiter> at(std::size_t line) const;
    // The first delimiter line at or behind `line`. REQUIRES: `line` begins a line.
    // Repeated questions about the same stretch are answered from memory, so that a walk over
    // nested multiparts that all end at the same place stays linear.
    std::optional<Delimiter> find(std::size_t line);

private:
    std::optional<Delimiter> search(std::size_t line) const;

    std::string_view text_;
    std::vector<std::string> open_;
    // The last search: where it began and what it found; valid until a boundary is pushed.
    bool remembered_ = false;
    std::size_t searched_from_ = 0;
    std::optional<Delimiter> found_;
};

// Where the line behind the one that contains `at` begins.
std::size_t next_line(std::string_view text, std::size_t at);
// `end` without the one line end that stands before it.
std::size_t before_line_end(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace postern::mime
