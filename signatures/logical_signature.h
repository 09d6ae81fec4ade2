// SPDX-License-Identifier: Apache-2.0
// LogicalSignature: one rule over several patterns, as a source said it.
//
// A target description says which contents it is for; an expression, which of its subsignatures
// must be found there and how often. A subsignature is a body, a regular expression, or a number
// read beside a match of another subsignature.
#pragma once

#include "signatures/clamav/body.h"
#include "signatures/content_type.h"
#include "signatures/logic.h"
#include "signatures/number_range.h"
#include "signatures/offset.h"
#include "signatures/regex.h"
#include "signatures/target.h"

#include <string>
#include <string_view>
#include <vector>

namespace postern::signatures {

struct TargetDescription {
    Target target = Target::any;
    NumberRange file_size;
    NumberRange entry_point;  // a file offset
    NumberRange sections;     // how many
    std::optional<ContentType> container;      // ContentType::any: in none
    std::vector<ContentType> intermediates;  // the innermost last; ContentType::any: one level more around, whatever it is
};

enum class NumberBase : std::uint8_t { hexadecimal, decimal, automatic, binary };

struct NumberTest {
    std::uint64_t value = 0;
    Comparison comparison = Comparison::none;
    std::array<std::uint8_t, 7> unused{};  // it stands in rows, which have no padding
    bool operator==(const NumberTest&) const = default;
};

// A number that stands beside the last match of another subsignature.
struct ByteCompare {
    std::int64_t distance = 0;  // from the start of the match
    std::array<NumberTest, 2> tests;
    std::uint8_t beside = 0;
    NumberBase base = NumberBase::binary;
    bool little_endian = false;
    bool exact = false;  // all octets are digits
    std::uint8_t length = 0;
    std::array<std::uint8_t, 3> unused{};
};

struct Subsignature {
    // A body, and its twin where plain and wide ones both count; empty: it is no body.
    std::vector<clamav::Body> bodies;
    Offset offset;
    std::string regex;  // empty: it is none
    RegexFlags flags;
    Expression trigger;  // of earlier subsignatures: only where it holds the regex counts
    ByteCompare compare;

    bool is_body() const { return !bodies.empty(); }
    bool is_regex() const { return !is_body() && !trigger.empty(); }
};

struct LogicalSignature {
    std::string line;  // of the source, whole; it begins with the name
    std::size_t name_length = 0;
    TargetDescription description;
    Expression expression;
    std::vector<Subsignature> subsignatures;

    std::string_view name() const { return std::string_view(line).substr(0, name_length); }
};

}  // namespace postern::signatures
